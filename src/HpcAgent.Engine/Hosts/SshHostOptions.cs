namespace HpcAgent.Engine.Hosts;

/// <summary>How <see cref="SshHost"/> behaves beside what the site says.</summary>
public sealed record SshHostOptions
{
    /// <summary>The ssh program: a name to be found on PATH, or an absolute path.</summary>
    public string Program { get; init; } = "ssh";

    /// <summary>True to share connections between calls and processes, where the platform can.</summary>
    public bool ShareConnections { get; init; } = !OperatingSystem.IsWindows();

    /// <summary>How long a shared connection stays open after its last use.</summary>
    public TimeSpan KeepOpen { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may take to be made, unless the user's own configuration says.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>False to give up at the first failed connection (<c>HPC_SSH_NO_BACKOFF</c>), instead of trying again after 2 and 4 seconds.</summary>
    public bool RetriesConnections { get; init; } = true;

    /// <summary>True to connect even though many connections failed just before.</summary>
    public bool IgnoresEarlierFailures { get; init; }

    /// <summary>Pauses before further tries.</summary>
    internal IReadOnlyList<TimeSpan> Pauses { get; init; } = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];
}
