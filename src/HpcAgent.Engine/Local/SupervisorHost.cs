namespace HpcAgent.Engine.Local;

/// <summary>The body of a process that is a supervisor, whatever program it is in.</summary>
public static class SupervisorHost
{
    /// <summary>Leaves the terminal, and runs the queue until it has been empty for the linger time.</summary>
    /// <param name="folder">The absolute folder of the scheduler.</param>
    /// <param name="cancellationToken">Leaves running tasks alone and returns.</param>
    /// <returns>The exit code of the process: 0, or 3 if it failed.</returns>
    public static async Task<int> RunAsync(string folder, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsWindows()) DetachedProcess.Detach();
        LocalFolder local = new(folder);
        try
        {
            _ = await Supervisor.RunAsync(local, SupervisorOptions.FromEnvironment(Environment.GetEnvironmentVariable), cancellationToken);
            return 0;
        }
        catch (Exception e)
        {
            // Nobody watches this process: what it cannot survive must at least be found.
            local.Log(e.ToString());
            return 3;
        }
    }
}
