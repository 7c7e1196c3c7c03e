namespace HpcAgent.Engine.Storage;

/// <summary>The systems that keep a user's state in different places.</summary>
public enum StatePlatform
{
    /// <summary>Linux and other Unix systems: the XDG base directories.</summary>
    Unix,

    /// <summary>macOS: the user's Library.</summary>
    MacOS,

    /// <summary>Windows: the local application data.</summary>
    Windows,
}

/// <summary>What decides where the state of a user is kept.</summary>
public sealed record StateEnvironment
{
    /// <summary>The variable that moves the state folder.</summary>
    public const string JournalVariable = "HPC_JOURNAL_DIR";

    /// <summary>The value of <c>HPC_JOURNAL_DIR</c>, if set.</summary>
    public string? JournalDirectory { get; init; }

    /// <summary>The value of <c>XDG_STATE_HOME</c>, if set.</summary>
    public string? XdgStateHome { get; init; }

    /// <summary>The value of <c>LOCALAPPDATA</c>, if set.</summary>
    public string? LocalAppData { get; init; }

    /// <summary>The home folder.</summary>
    public string? Home { get; init; }

    /// <summary>The system.</summary>
    public StatePlatform Platform { get; init; }

    /// <summary>The environment of this process; for the faces, which hand it down.</summary>
    public static StateEnvironment FromProcess() => new()
    {
        JournalDirectory = Environment.GetEnvironmentVariable(JournalVariable),
        XdgStateHome = Environment.GetEnvironmentVariable("XDG_STATE_HOME"),
        LocalAppData = Environment.GetEnvironmentVariable("LOCALAPPDATA"),
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        Platform = OperatingSystem.IsWindows() ? StatePlatform.Windows : OperatingSystem.IsMacOS() ? StatePlatform.MacOS : StatePlatform.Unix,
    };
}
