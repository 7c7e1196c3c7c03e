namespace HpcAgent.Engine.Local;

/// <summary>One place in which a task can run, with the launcher of the run that was there last.</summary>
internal sealed class LauncherSlot(string folder, OrphanReaper orphans, bool forks) : IDisposable
{
    private LocalRun? _run;
    private ITaskLauncher? _launcher;

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
