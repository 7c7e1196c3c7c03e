using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Hosts;

/// <summary>What ssh makes of the user's own configuration for a host, as <c>ssh -G</c> tells (OpenSSH 6.8; it costs 5 to 10 ms and no connection).</summary>
internal sealed class SshSettings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly IReadOnlyDictionary<string, string> _values;

    private SshSettings(IReadOnlyDictionary<string, string> values) => _values = values;

    /// <summary>False if ssh did not tell, so that nothing is known of the user's wishes.</summary>
    public bool IsKnown => _values.Count > 0;

    /// <summary>The user's own socket for shared connections, whether it exists or not; <c>none</c> if the user wants none; else null.</summary>
    public string? ControlPath => _values.GetValueOrDefault("controlpath");

    /// <summary>The host, user and port that ssh would use, or null if it did not tell.</summary>
    public string? Target => _values.TryGetValue("hostname", out var host)
        ? $"{_values.GetValueOrDefault("user")}@{host}:{_values.GetValueOrDefault("port")}"
        : null;

    /// <summary>Options that undo what would disturb a call, and those that the user left open.</summary>
    /// <param name="connectTimeout">How long a connection may take.</param>
    public IEnumerable<string> Options(TimeSpan connectTimeout)
    {
        const int patientSeconds = 300;
        if (Is("remotecommand", "none") is false) yield return "RemoteCommand=none";
        if (Is("stdinnull", "no") is false) yield return "StdinNull=no";
        if (Is("forkafterauthentication", "no") is false) yield return "ForkAfterAuthentication=no";
        if (Is("sessiontype", "default") is false) yield return "SessionType=default";
        if (Is("connecttimeout", "none") is not false)
            yield return string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={Math.Max(1, (int)connectTimeout.TotalSeconds)}");
        var interval = int.TryParse(_values.GetValueOrDefault("serveraliveinterval"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;

        // 300 is what Debian sets for every connection without a terminal.
        if (interval is > 0 and < patientSeconds) yield break;
        yield return "ServerAliveInterval=15";
        yield return "ServerAliveCountMax=3";
    }

    /// <summary>Asks ssh.</summary>
    /// <param name="program">The path of ssh.</param>
    /// <param name="arguments">The arguments of a call, without the command.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FormatException">ssh does not accept the configuration; the message has its words.</exception>
    public static async Task<SshSettings> ReadAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var (exit, output, errors) = await RunAsync(program, arguments.Prepend("-G"), patience.Token).ConfigureAwait(false);
        if (exit == 0) return Parse(output);
        if (SshWords.Judge(errors) is HostFailureKind.Configuration) throw new FormatException(errors.Trim());

        // An older ssh, or one that cannot say: calls will tell what is wrong, if anything is.
        return new(new Dictionary<string, string>(StringComparer.Ordinal));
    }

    /// <summary>Reads the answer of <c>ssh -G</c>.</summary>
    internal static SshSettings Parse(string output)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank > 0) values.TryAdd(line[..blank], line[(blank + 1)..]);
        }

        return new(values);
    }

    /// <summary>Runs ssh for something that needs no connection.</summary>
    internal static async Task<(int Exit, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        StartedPrograms.Report(start);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // Null where ssh is too old to know the setting: it must not be named then.
    private bool? Is(string name, string value) => _values.TryGetValue(name, out var found) ? found == value : null;
}
