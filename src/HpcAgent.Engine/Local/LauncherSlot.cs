using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Local;

/// <summary>One place in which a task can run, with the launcher of the run that was there last.</summary>
internal sealed class LauncherSlot(string folder, OrphanReaper orphans, bool forks) : IDisposable
{
    private (LocalRun Run, TaskEvent End)? _unwritten;
    private LocalRun? _run;
    private ITaskLauncher? _launcher;

    /// <summary>What the task before left for the next one.</summary>
    public SpareFiles Spares { get; } = new();

    /// <summary>Keeps an end event until the start of the next task is written: one write then is enough for both.</summary>
    public void Hold(LocalRun run, in TaskEvent end) => _unwritten = (run, end);

    /// <summary>Gives the held event, to be written now.</summary>
    public TaskEvent? TakeHeld()
    {
        TaskEvent? end = _unwritten?.End;
        _unwritten = null;
        return end;
    }

    /// <summary>Leaves nothing behind of the task before, when the next one does not start.</summary>
    public void GiveUp()
    {
        WriteHeld();
        Spares.Drop();
    }

    /// <summary>Writes the held event by itself.</summary>
    public void WriteHeld()
    {
        if (_unwritten is not { } held) return;
        _unwritten = null;
        held.Run.Record(held.End);
    }

    /// <summary>The launcher for a run; another one is made when the run is another.</summary>
    /// <exception cref="IOException">The folder of the slot cannot be made.</exception>
    public ITaskLauncher For(LocalRun run)
    {
        if (run == _run && _launcher is not null) return _launcher;
        Dispose();
        _launcher = OperatingSystem.IsWindows()
            ? new WindowsLauncher(run.Order, run.Environment, run.Tasks, folder)
            : new ShellChain(run.Order, run.Layout, run.Tasks, folder, run.Environment, orphans, forks);
        _run = run;
        return _launcher;
    }

    public void Dispose()
    {
        _launcher?.Dispose();
        _launcher = null;
    }
}
