namespace HpcAgent.Engine.Local;

/// <summary>Runs tasks of one run, one at a time, on one slot.</summary>
internal interface ITaskLauncher : IDisposable
{
    /// <summary>Starts an attempt, tells its process, waits for its end.</summary>
    /// <param name="launch">The attempt.</param>
    /// <param name="starting">Called with the process id just before the command starts.</param>
    /// <param name="ending">Called when the process has ended but its id cannot have been reused yet.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="IOException">The attempt could not be started.</exception>
    ProcessEnd Run(TaskLaunch launch, Action<int> starting, Action ending);
}
