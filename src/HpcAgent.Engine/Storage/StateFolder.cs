namespace HpcAgent.Engine.Storage;

/// <summary>
/// The folder of all that is remembered for a user: <c>repos/&lt;repo_id&gt;/</c>, <c>local/&lt;host&gt;/</c> for the embedded scheduler, and
/// <c>bin/</c>. Nothing is created before it is needed.
/// </summary>
public sealed class StateFolder
{
    private const string ProductFolder = "hpc-agent";

    /// <summary>Finds the folder: <c>HPC_JOURNAL_DIR</c>, else the state folder of the platform.</summary>
    /// <param name="environment">What decides.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the variable holds a relative path, or there is no home folder.</exception>
    public StateFolder(StateEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Root = Path.TrimEndingDirectorySeparator(FromVariable(environment) ?? FromPlatform(environment));
    }

    /// <summary>The absolute path.</summary>
    public string Root { get; }

    /// <summary>The folder of helper programs.</summary>
    public string BinPath => Path.Join(Root, "bin");

    /// <summary>The folder that holds one folder for each repository.</summary>
    public string RepositoriesPath => Path.Join(Root, "repos");

    /// <summary>The folder of the embedded scheduler of a machine; several machines may share a home folder.</summary>
    /// <param name="host">The name of the machine.</param>
    public string LocalPath(string host)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        var name = string.Create(host.Length, host, static (buffer, text) =>
        {
            for (var i = 0; i < text.Length; i++)
                buffer[i] = char.IsAsciiLetterOrDigit(text[i]) || (i > 0 && text[i] is '.' or '-' or '_') ? text[i] : '_';
        });
        return Path.Join(Root, "local", name);
    }

    /// <summary>The folder of one repository.</summary>
    /// <param name="experimentPath">The user's folder, absolute.</param>
    public RepositoryFolder Repository(string experimentPath) =>
        new(Path.Join(RepositoriesPath, RepositoryIdentity.Compute(experimentPath)), RepositoryIdentity.Canonical(experimentPath));

    /// <summary>Creates the folder and tries to write in it.</summary>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: it cannot be created or written.</exception>
    public Task EnsureWritableAsync(CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            try
            {
                Directory.CreateDirectory(Root);
                var probe = Path.Join(Root, $".probe.{Guid.NewGuid():N}.tmp");
                using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
                {
                }
            }
            catch (Exception error) when (StorageError.IsStorageError(error))
            {
                throw new HpcException(
                    ErrorCode.ConfigInvalid,
                    $"The state folder '{Root}' cannot be written: {error.Message.TrimEnd('.')}.",
                    $"Set {StateEnvironment.JournalVariable} to a folder that you can write, or repair the access to this one.",
                    error);
            }
        },
        cancellationToken);

    private static string? FromVariable(StateEnvironment environment)
    {
        var value = environment.JournalDirectory;
        if (string.IsNullOrWhiteSpace(value))
            return null;
        if (value is "~" || value.StartsWith("~/", StringComparison.Ordinal))
            value = Path.Join(Home(environment), value[1..]);
        return Path.IsPathFullyQualified(value)
            ? Path.GetFullPath(value, Path.GetPathRoot(value)!)
            : throw new HpcException(
                ErrorCode.ConfigInvalid,
                $"{StateEnvironment.JournalVariable} is '{value}', which is not an absolute path.",
                $"Set {StateEnvironment.JournalVariable} to an absolute path, or unset it.");
    }

    private static string FromPlatform(StateEnvironment environment)
    {
        // Relative values of XDG variables are to be ignored (XDG Base Directory Specification).
        var (configured, fallback) = environment.Platform switch
        {
            StatePlatform.Windows => (environment.LocalAppData, new[] { "AppData", "Local" }),
            StatePlatform.MacOS => (null, ["Library", "Application Support"]),
            _ => (environment.XdgStateHome, [".local", "state"]),
        };
        var parent = Path.IsPathFullyQualified(configured ?? "") ? configured! : Path.Join([Home(environment), .. fallback]);
        return Path.Join(parent, ProductFolder);
    }

    private static string Home(StateEnvironment environment) => string.IsNullOrEmpty(environment.Home)
        ? throw new HpcException(
            ErrorCode.ConfigInvalid,
            "There is no home folder, so there is no place for the journal.",
            $"Set HOME, or set {StateEnvironment.JournalVariable} to a folder for the journal.")
        : environment.Home;
}
