using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// What one login tells of the way to a host. There is no probe of its own for the port: sites count connections, and behind a jump host
/// only ssh knows the way.
/// </summary>
internal sealed class ConnectionChecks(SiteConfig site, string host, CheckList checks)
{
    private static readonly TimeSpan s_agentPatience = TimeSpan.FromSeconds(5);
    private static readonly HostFailureKind[] s_ownFailures = [HostFailureKind.ProgramMissing, HostFailureKind.Configuration];
    private static readonly HostFailureKind[] s_wayFailures =
        [HostFailureKind.NameNotResolved, HostFailureKind.NoRoute, HostFailureKind.Refused, HostFailureKind.ConnectTimeout];

    /// <summary>The script ran.</summary>
    public async Task PassedAsync(HostAnswer answer, CancellationToken cancellationToken)
    {
        if (site.Host is not null)
        {
            Program();
            await AgentAsync(isLoggedIn: true, isDenied: false, cancellationToken);
            checks.Pass(CheckName.Reach, $"{host} was reached");
            checks.Pass(CheckName.Login, $"logged in as {host}", answer.Wire.Elapsed);
        }
        string shell = answer.Text("shell");
        if (answer.Preface.Length == 0)
        {
            checks.Pass(CheckName.LoginShell, shell.Length == 0 ? "it is quiet" : $"{shell}, and it is quiet");
            return;
        }
        string said = answer.Preface.Replace('\n', ' ').Replace("\r", "", StringComparison.Ordinal);
        checks.Warn(
            CheckName.LoginShell,
            $"the login shell prints before every command: '{(said.Length > 120 ? said[..120] + "..." : said)}'",
            "It does no harm here and disturbs scp and rsync: let the shell's start-up files print for terminals only.");
    }

    /// <summary>It did not run, or not to its end.</summary>
    public async Task FailedAsync(HpcException error, HostFailure failure, CancellationToken cancellationToken)
    {
        if (site.Host is null)
        {
            checks.Fail(CheckName.LoginShell, error.Message, error.Remediation);
            return;
        }
        bool isOwn = s_ownFailures.Contains(failure.Kind);
        if (failure.Kind == HostFailureKind.ProgramMissing) checks.Fail(CheckName.SshProgram, error.Message, error.Remediation);
        else Program();
        await AgentAsync(isLoggedIn: false, isDenied: failure.Kind is HostFailureKind.AuthenticationFailed, cancellationToken);
        if (s_wayFailures.Contains(failure.Kind))
        {
            checks.Fail(CheckName.Reach, error.Message, error.Remediation, failure.Wire.Elapsed);
            checks.Skip(CheckName.Login, "the host was not reached");
            return;
        }
        if (isOwn || failure.Kind == HostFailureKind.HeldBack) checks.Skip(CheckName.Reach, "no connection was tried");
        else checks.Pass(CheckName.Reach, $"{host} was reached");
        if (failure.Kind == HostFailureKind.ProgramMissing)
        {
            checks.Skip(CheckName.Login, "there is no ssh");
        }
        else if (failure.Kind is HostFailureKind.LoginShell or HostFailureKind.ScriptRejected)
        {
            checks.Pass(CheckName.Login, $"logged in as {host}");
            checks.Fail(CheckName.LoginShell, error.Message, error.Remediation, failure.Wire.Elapsed);
        }
        else
        {
            checks.Fail(CheckName.Login, error.Message, error.Remediation, failure.Wire.Elapsed);
        }
    }

    private void Program() => checks.Pass(CheckName.SshProgram, ProgramPath.Find("ssh") ?? "ssh");

    // A key in a file, a certificate or a ticket needs no agent: what counts is the login.
    private async Task AgentAsync(bool isLoggedIn, bool isDenied, CancellationToken cancellationToken)
    {
        if (isLoggedIn)
        {
            checks.Pass(CheckName.SshAgent, "the login needed nobody to type");
            return;
        }
        if (!isDenied)
        {
            checks.Skip(CheckName.SshAgent, "no login was tried with a key");
            return;
        }
        string keys = await KeysAsync(cancellationToken);
        checks.Warn(CheckName.SshAgent, keys, "Start an ssh agent, add the key with 'ssh-add', and let SSH_AUTH_SOCK reach this program; or name a key without passphrase as IdentityFile.");
    }

    private static async Task<string> KeysAsync(CancellationToken cancellationToken)
    {
        if (ProgramPath.Find("ssh-add") is not { } program) return "there is no ssh-add, so that the agent cannot be asked";
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_agentPatience);
        try
        {
            (int exit, string output, string _) = await SshSettings.RunAsync(program, ["-l"], patience.Token);
            return exit switch
            {
                0 => $"the ssh agent offers keys, and the host took none: {output.Trim().Replace("\n", "; ", StringComparison.Ordinal)}",
                1 => "the ssh agent has no keys",
                _ => "there is no ssh agent",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "the ssh agent does not answer";
        }
    }
}
