using System.Text.Json;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>Accounts with other login shells, where the test cluster is up (tests/cluster/up).</summary>
public sealed class LoginShellTests : IDisposable
{
    private const string Cluster = "/tmp/hpc-agent-cluster/env.json";
    private readonly TempFolder folder = new();
    private SshHost? host;

    public void Dispose()
    {
        host?.CloseSharedConnectionAsync(CancellationToken.None).GetAwaiter().GetResult();
        folder.Dispose();
    }

    [SkippableTheory]
    [InlineData("bash")]
    [InlineData("csh")]
    [InlineData("fish")]
    [InlineData("noisy")]
    public async Task The_answer_is_the_same_under_any_login_shell(string shell)
    {
        var answer = await Host(shell).RunAsync(Scripts.Of("printf '\\001\\000'; hpc_part b; cat; exit 6", "pay\0load"), default);
        Assert.Equal(6, answer.ExitCode);
        Assert.Equal([1, 0], answer.Find("")!.Value.ToArray());
        Assert.Equal("pay\0load"u8.ToArray(), answer.Find("b")!.Value.ToArray());
        Assert.Equal((1, 1), (answer.Wire.ConnectionCount, answer.Wire.ExecutionCount));
    }

    [SkippableFact]
    public async Task An_account_without_a_shell_says_so()
    {
        var error = await Host("nologin").FailsAsync<HpcException>(Scripts.Of("true"), HostFailureKind.LoginShell, ScriptExecution.NotStarted);
        Assert.Contains("not available", error.Message, StringComparison.Ordinal);
    }

    private SshHost Host(string shell)
    {
        Skip.IfNot(File.Exists(Cluster), "the test cluster is not up (tests/cluster/up)");
        using var document = JsonDocument.Parse(File.ReadAllBytes(Cluster));
        Skip.IfNot(document.RootElement.GetProperty("sshd").GetProperty("up").GetBoolean(), "the test cluster has no sshd");
        Skip.IfNot(document.RootElement.GetProperty("hosts").TryGetProperty(shell, out var alias), $"the test cluster has no account with {shell}");
        var site = new SiteConfig
        {
            Name = "test",
            Scheduler = "slurm",
            Host = alias.GetString(),
            SshConfig = document.RootElement.GetProperty("ssh_config").GetString(),
            Origin = "clusters.yaml:1",
        };
        return host = new(site, folder.Root, TimeProvider.System);
    }
}
