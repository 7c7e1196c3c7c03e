namespace HpcAgent.Engine.Hosts;

/// <summary>Understands the messages of OpenSSH. It never translates them, whatever the user's language.</summary>
internal static class SshWords
{
    private static readonly (string Words, HostFailureKind Kind)[] s_meanings =
    [
        ("Bad configuration option", HostFailureKind.Configuration),
        ("bad configuration options", HostFailureKind.Configuration),
        ("Bad owner or permissions on", HostFailureKind.Configuration),
        ("Can't open user config file", HostFailureKind.Configuration),
        ("command-line line 0:", HostFailureKind.Configuration),
        ("command-line: line 0:", HostFailureKind.Configuration),
        ("Unable to negotiate with", HostFailureKind.Configuration),
        ("unknown option --", HostFailureKind.Configuration),
        ("too long for Unix domain socket", HostFailureKind.Configuration),
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", HostFailureKind.HostKeyChanged),
        ("HOST IDENTIFICATION HAS CHANGED", HostFailureKind.HostKeyChanged),
        ("marked as revoked", HostFailureKind.HostKeyChanged),
        ("Host key verification failed", HostFailureKind.HostKeyUnknown),
        ("host key is known for", HostFailureKind.HostKeyUnknown),
        ("with partial success", HostFailureKind.InteractionNeeded),
        ("Permission denied (publickey", HostFailureKind.AuthenticationFailed),
        ("Permission denied (gssapi", HostFailureKind.AuthenticationFailed),
        ("Permission denied (hostbased", HostFailureKind.AuthenticationFailed),
        ("Permission denied (", HostFailureKind.InteractionNeeded),
        ("Too many authentication failures", HostFailureKind.AuthenticationFailed),
        ("Could not resolve hostname", HostFailureKind.NameNotResolved),
        ("No route to host", HostFailureKind.NoRoute),
        ("Network is unreachable", HostFailureKind.NoRoute),
        ("Connection refused", HostFailureKind.Refused),
        ("timed out", HostFailureKind.ConnectTimeout),
        ("not responding", HostFailureKind.ConnectionReset),
        ("onnection reset", HostFailureKind.ConnectionReset),
        ("onnection closed by", HostFailureKind.ConnectionReset),
        ("closed by remote host", HostFailureKind.ConnectionReset),
        ("kex_exchange_identification", HostFailureKind.ConnectionReset),
        ("Broken pipe", HostFailureKind.ConnectionReset),
    ];

    private static readonly string[] s_connecting =
    [
        "connect to host", "Could not resolve hostname", "banner exchange", "kex_exchange_identification", "Host key verification failed",
        "Permission denied (",
    ];

    private static readonly string[] s_chatter = ["Transferred: sent", "Bytes per second: sent", "Authenticated to ", "Authenticated using "];

    /// <summary>What the messages of a failed call mean.</summary>
    /// <param name="words">The messages.</param>
    public static HostFailureKind Judge(string words)
    {
        foreach (var (part, kind) in s_meanings)
            if (words.Contains(part, StringComparison.Ordinal)) return kind;
        return HostFailureKind.Other;
    }

    /// <summary>True if ssh says that it failed to make a connection of its own.</summary>
    /// <param name="log">What ssh wrote itself; nothing that the host wrote.</param>
    public static bool IsFailedConnection(string log) => Array.Exists(s_connecting, words => log.Contains(words, StringComparison.Ordinal));

    /// <summary>True if another try may help, after a failure before which nothing was run.</summary>
    /// <param name="kind">What failed.</param>
    public static bool IsPassing(HostFailureKind kind) => kind is HostFailureKind.Refused or HostFailureKind.ConnectionReset;

    /// <summary>What a failure says about the host.</summary>
    /// <param name="kind">What failed.</param>
    public static ConnectionOutcome Outcome(HostFailureKind kind) => kind switch
    {
        HostFailureKind.AuthenticationFailed or HostFailureKind.InteractionNeeded => ConnectionOutcome.Denied,
        HostFailureKind.Configuration or HostFailureKind.NameNotResolved => ConnectionOutcome.Neutral,
        _ => ConnectionOutcome.Failed,
    };

    /// <summary>How many connections a log tells of.</summary>
    /// <param name="log">What ssh wrote with <c>LogLevel=VERBOSE</c>.</param>
    public static int ConnectionCount(string log) =>
        log.Split('\n').Count(line => line.StartsWith("Authenticated to ", StringComparison.Ordinal));

    /// <summary>The lines of a log that say what went wrong.</summary>
    /// <param name="log">What ssh wrote with <c>LogLevel=VERBOSE</c>.</param>
    public static string WithoutChatter(string log) => string.Join(
        '\n', log.Split('\n').Where(line => !Array.Exists(s_chatter, start => line.StartsWith(start, StringComparison.Ordinal))));

    /// <summary>What failed, and what to do.</summary>
    /// <param name="kind">The kind of failure.</param>
    /// <param name="host">The host as the user knows it.</param>
    public static (string What, string Remedy) Explain(HostFailureKind kind, string host) => kind switch
    {
        HostFailureKind.NameNotResolved =>
            ("the name of the host is not known", "Check the name in the cluster's configuration, and whether its network needs a VPN."),
        HostFailureKind.NoRoute => ("there is no way to the host", "Check your network, and whether the host needs a VPN or a ProxyJump."),
        HostFailureKind.Refused =>
            ("the host refuses the connection", "Check the port in the cluster's configuration; the login node may be down for maintenance."),
        HostFailureKind.ConnectTimeout =>
            ("the host did not answer in time", "Check your network, and whether the host needs a VPN or a ProxyJump; then try again."),
        HostFailureKind.ConnectionReset =>
            ("the connection was closed", "Try again in a minute. A login node closes connections when it is busy or has blocked your address."),
        HostFailureKind.HostKeyUnknown =>
            ("you have not accepted the host's key yet", $"Connect once by hand ('ssh {host}') and compare the key with the one that the site publishes."),
        HostFailureKind.HostKeyChanged => (
            "the host shows another key than the one that you accepted",
            "Do not connect before the site confirms that it changed the key; then remove the old one with 'ssh-keygen -R' and connect once by hand."),
        HostFailureKind.AuthenticationFailed => (
            "the host accepted none of your keys",
            $"Look at 'ssh-add -l' and at IdentityFile in your ssh configuration, and try 'ssh {host}'. If it asks for a password or a second factor " +
            "there, set ControlMaster and ControlPath in your ssh configuration and leave that connection open."),
        HostFailureKind.InteractionNeeded => (
            "the host asks for a password or a second factor, which cannot be answered here",
            $"Set ControlMaster, ControlPath and ControlPersist for the host in your ssh configuration, connect once by hand ('ssh {host}'), then repeat: " +
            "that connection is used."),
        HostFailureKind.Configuration => ("ssh does not accept the configuration", "Correct what ssh names, in your ssh configuration or in the cluster's."),
        _ => ("ssh failed", $"Try 'ssh -v {host} true' by hand."),
    };
}
