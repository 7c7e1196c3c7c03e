namespace HpcAgent.Engine.Local;

/// <summary>Runs tasks of one run, one at a time, on one slot.</summary>
internal interface ITaskLauncher : IDisposable
{
    /// <summary>True if the next attempt starts at once, false if something has to be made ready for it first, which may take long.</summary>
    bool IsWaiting { get; }

    /// <summary>Starts an attempt, tells its process, waits for its end.</summary>
    /// <param name="launch">The attempt.</param>
    /// <param name="starting">Called with the process id just before the command starts.</param>
    /// <param name="ending">Called when the process has ended but its id cannot have been reused yet.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="IOException">The attempt could not be started.</exception>
    ProcessEnd Run(TaskLaunch launch, Action<int> starting, Action ending);
}
