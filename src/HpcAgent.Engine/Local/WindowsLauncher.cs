using System.Diagnostics;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Local;

/// <summary>Runs tasks where there is no POSIX shell: one <c>cmd.exe</c> each. Written for Windows and untested there.</summary>
internal sealed class WindowsLauncher : ITaskLauncher
{
    private readonly LocalOrder _order;
    private readonly IReadOnlyList<string> _environment;

    private readonly TaskTable _tasks;
    private readonly string _slotFolder;

    public WindowsLauncher(LocalOrder order, IReadOnlyList<string> environment, TaskTable tasks, string slotFolder)
    {
        (_order, _environment, _tasks, _slotFolder) = (order, environment, tasks, slotFolder);
        _ = Directory.CreateDirectory(slotFolder);
    }

    public bool IsWaiting => false;

    public ProcessEnd Run(TaskLaunch launch, Action<int> starting, Action ending)
    {
        ProcessStartInfo start = new("cmd.exe")
        {
            WorkingDirectory = _order.WorkingFolder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Arguments = $"/d /s /c \"{_order.Command}\"",
        };
        start.Environment.Clear();
        foreach (string entry in _environment)
        {
            int equals = entry.IndexOf('=', 1);
            if (equals > 0) start.Environment[entry[..equals]] = entry[(equals + 1)..];
        }
        RunTask task = _tasks.Read(launch.TaskId);
        foreach ((string name, object? value) in task.Parameters) start.Environment[ParameterNames.VariableFor(name)] = PlainText.Of(value);
        start.Environment["HPC_PARAMS"] = Path.Combine(_slotFolder, "params.json");
        File.WriteAllBytes(start.Environment["HPC_PARAMS"]!, CanonicalJson.ToBytes(task.Parameters));
        start.Environment["HPC_RUN_ID"] = _order.RunId;
        start.Environment["HPC_TASK_COUNT"] = _order.TaskCount.ToString(CultureInfo.InvariantCulture);
        start.Environment["HPC_CPUS"] = _order.Cpus.ToString(CultureInfo.InvariantCulture);
        start.Environment["HPC_TASK_ID"] = launch.TaskId.ToString(CultureInfo.InvariantCulture);
        start.Environment["HPC_ATTEMPT"] = launch.Attempt.ToString(CultureInfo.InvariantCulture);
        start.Environment["RESULT_DIR"] = start.Environment["HPC_RESULT_DIR"] = launch.WorkFolder;
        using StreamWriter log = new(launch.LogPath, append: false, new UTF8Encoding(false));
        using Process process = Process.Start(start) ?? throw new IOException("cmd.exe could not be started");
        starting(process.Id);
        process.StandardInput.Close();
        DataReceivedEventHandler copy = (_, e) =>
        {
            if (e.Data is null) return;
            lock (log) log.WriteLine(e.Data);
        };
        process.OutputDataReceived += copy;
        process.ErrorDataReceived += copy;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        ending();
        return new ProcessEnd(process.Id, process.ExitCode, null, process.PeakWorkingSet64);
    }

    public void Dispose()
    {
    }
}
