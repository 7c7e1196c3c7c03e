using System.Globalization;
using System.Text;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Submission;

/// <summary>
/// The files of a run's folder that the dispatcher on a node works from: itself, <c>run.conf</c>, <c>arrays/INDEX.conf</c>, <c>command.sh</c>,
/// <c>preamble.sh</c> and <c>environment</c>. All is shell text, so that nothing is parsed on a node.
/// </summary>
public static class NodeFiles
{
    /// <summary>The dispatcher's name in the run's folder.</summary>
    public const string DispatcherName = "dispatch.sh";

    /// <summary>The dispatcher: POSIX shell text.</summary>
    public static string Dispatcher { get; } = ReadScript(DispatcherName);

    /// <summary>How the task table must be written for the dispatcher.</summary>
    /// <param name="package">The run.</param>
    /// <exception cref="HpcException">The template of the result folder cannot be used.</exception>
    public static TaskTableOptions TableOptions(RunPackage package)
    {
        ResultFolder folder = FolderOf(package);
        return new TaskTableOptions
        {
            Bare = package.ExportsBareNames,
            FileParameters = package.FileParameters,
            ResultFolder = folder.IsDefault ? null : folder.Format,
            MarksEnd = true,
        };
    }

    /// <summary>Writes everything of the run's folder but the task table.</summary>
    /// <param name="folder">A folder on this machine, absolute; it is made if it is not there. It becomes the run's folder on the cluster.</param>
    /// <param name="package">The run.</param>
    /// <param name="remotePath">The folder on the cluster below which all runs of the experiment live.</param>
    /// <param name="options">What the package does not say; null for the usual.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: a variable cannot be set in a shell.</exception>
    public static void Write(string folder, RunPackage package, string remotePath, NodeOptions? options = null)
    {
        NodeOptions given = options ?? new NodeOptions();
        _ = Directory.CreateDirectory(Path.Combine(folder, "arrays"));
        WriteText(folder, DispatcherName, Dispatcher);
        WriteText(folder, "run.conf", RunSettings(package, remotePath, given));
        WriteText(folder, "command.sh", WithLineEnd(package.ShellCommand));
        WriteText(folder, "preamble.sh", WithLineEnd(package.Preamble));
        WriteEnvironment(Path.Combine(folder, "environment"), package.Environment);
        foreach (PlanArray array in package.Plan.Arrays) WriteArray(folder, package.Plan, array, package.Tokens[array.Index], given);
    }

    /// <summary>Writes what the dispatcher must know of one array: <c>arrays/INDEX.conf</c>, and <c>arrays/INDEX.tasks</c> where its tasks do not follow each
    /// other.</summary>
    /// <param name="folder">A folder on this machine, absolute, with a folder <c>arrays</c> in it.</param>
    /// <param name="plan">The plan of the submission.</param>
    /// <param name="array">The array.</param>
    /// <param name="token">Its token.</param>
    /// <param name="options">What the plan does not say.</param>
    public static void WriteArray(string folder, RunPlan plan, PlanArray array, string token, NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(array);
        string name = string.Create(CultureInfo.InvariantCulture, $"arrays/{array.Index}");
        WriteText(folder, $"{name}.conf", ArraySettings(plan, array, token, options));
        if (array.TaskIds is { } ids) WriteText(folder, $"{name}.tasks", TaskList(ids));
    }

    // Lines as wide as those of the table's index, so that an element finds its own with one seek.
    private static string TaskList(IReadOnlyList<TaskIdRange> ids)
    {
        StringBuilder text = new();
        foreach (TaskIdRange range in ids)
            for (long id = range.First; id < range.First + range.Count; id++)
                _ = text.Append(id.ToString(CultureInfo.InvariantCulture).PadLeft(TaskTable.IndexLineBytes - 1)).Append('\n');
        return text.ToString();
    }

    private static string RunSettings(RunPackage package, string remotePath, NodeOptions options)
    {
        TimeSpan? task = options.TaskWalltime is { } given ? given(package.Plan)
            : package.Plan.TasksPerElement > 1 ? package.Plan.Resources.Walltime : null;
        // The dispatcher's own default is bash, and the path of a shell on this machine says nothing about a node.
        string shell = package.Shell ?? (package.IsPortable && package.Preamble.Length == 0 ? "sh" : "");
        return new Settings()
            .Add("HPC_RUN_ID", package.Sidecar.RunId)
            .Add("HPC_IDENTITY", package.Sidecar.IdentitySha ?? "")
            .Add("HPC_TASK_COUNT", package.Plan.TaskCount)
            .Add("HPC_CPUS", package.Plan.Resources.Cpus)
            .Add("HPC_SHELL", shell)
            .Add("HPC_CODE_DIR", $"{remotePath.TrimEnd('/')}/{package.Sidecar.Snapshot ?? $".hpc/snapshots/{package.Code.Digest}"}")
            .Add("HPC_RESULT_TEMPLATE", FolderOf(package).IsDefault ? 0 : 1)
            .Add("HPC_PREEMPT_GRACE_SEC", (long)Math.Ceiling(package.GraceSeconds))
            .Add("HPC_TASK_SECONDS", Seconds(task))
            .ToString();
    }

    private static string ArraySettings(RunPlan plan, PlanArray array, string token, NodeOptions options)
    {
        TimeSpan? element = options.ElementWalltime is { } given ? given(array)
            : plan.Resources.Walltime * Math.Max(1, plan.TasksPerElement);
        Settings settings = new Settings()
            .Add("HPC_TOKEN", token)
            .Add("HPC_FIRST_TASK", array.FirstTaskId)
            .Add("HPC_ARRAY_TASKS", array.TaskCount)
            .Add("HPC_ELEMENTS", array.ElementCount)
            .Add("HPC_ELEMENT_SECONDS", Seconds(element))
            .Add("HPC_ATTEMPT_BASE", array.AttemptBase);
        if (array.TaskIds is not null) settings = settings.Add("HPC_TASK_LIST", 1);
        // Above what stands in run.conf, for the tasks of this array alone.
        if (array.Resources is { } own)
            settings = settings.Add("HPC_CPUS", own.Cpus).Add("HPC_TASK_SECONDS", array.TaskCount > array.ElementCount ? Seconds(own.Walltime) : 0);
        return settings.ToString();
    }

    // Values are secrets at times: nobody else reads the file, from the moment on that it exists.
    private static void WriteEnvironment(string path, IReadOnlyDictionary<string, string> variables)
    {
        StringBuilder text = new();
        foreach ((string name, string value) in variables.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!IsName(name) || value.Contains('\0', StringComparison.Ordinal))
                throw new HpcException(
                    ErrorCode.SpecInvalid,
                    $"the environment variable '{name}' cannot be set in a shell",
                    "Use letters, digits and underscores in the name, a letter or an underscore first, and no NUL in the value.");
            _ = text.Append("export ").Append(name).Append('=').Append(ShellQuote.Always(value)).Append('\n');
        }
        File.Delete(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream stream = new(path, options);
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    // A part of a second is a whole one; nothing is no limit.
    private static long Seconds(TimeSpan? time) => time is { } limit && limit > TimeSpan.Zero ? (long)Math.Ceiling(limit.TotalSeconds) : 0;

    private static ResultFolder FolderOf(RunPackage package) => ResultFolder.Parse(package.Sidecar.ResultDirTemplate, package.Sidecar.RunId);

    private static string WithLineEnd(string text) => text.Length == 0 || text[^1] == '\n' ? text : text + "\n";

    private static void WriteText(string folder, string name, string text) => File.WriteAllBytes(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text));

    /// <summary>A script of the nodes.</summary>
    /// <param name="name">Its name among the templates.</param>
    internal static string ReadScript(string name)
    {
        string resource = "runtime/node/" + name;
        using Stream stream = typeof(NodeFiles).Assembly.GetManifestResourceStream(resource)
            ?? throw new HpcException(ErrorCode.Internal, $"the resource {resource} is missing", "Install the program anew.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        // A checkout on Windows may have given it other line ends, which no shell accepts.
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    /// <summary>Assignments, one a line.</summary>
    private sealed class Settings
    {
        private readonly StringBuilder _text = new();

        public Settings Add(string name, string value)
        {
            _ = _text.Append(name).Append('=').Append(ShellQuote.Always(value)).Append('\n');
            return this;
        }

        public Settings Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

        public override string ToString() => _text.ToString();
    }
}
