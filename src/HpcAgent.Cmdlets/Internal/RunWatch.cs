using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

/// <summary>Waits for runs, and shows how far they are.</summary>
internal sealed class RunWatch
{
    private readonly Func<string, OperationContext> _contexts;
    private readonly Action<WatchedRun> _show;

    /// <summary>Creates it.</summary>
    /// <param name="contexts">Gives the context of an experiment.</param>
    /// <param name="show">Told of each look; may be called from any thread.</param>
    public RunWatch(Func<string, OperationContext> contexts, Action<WatchedRun> show) => (_contexts, _show) = (contexts, show);

    /// <summary>Waits for runs.</summary>
    /// <param name="targets">The runs.</param>
    /// <param name="options">What is waited for, and how long.</param>
    /// <param name="ended">Given the last status of each run.</param>
    /// <param name="failed">Given what went wrong with a run that cannot be watched.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if no run failed to be watched.</returns>
    public async Task<bool> WaitAsync(
        IReadOnlyList<RunTarget> targets, WatchOptions options, Func<RunStatus, Task> ended, Func<Exception, string, Task> failed, CancellationToken token)
    {
        bool isWell = true;
        RunWatcher watcher = new(_contexts);
        await foreach (WatchedRun look in watcher.WatchAsync([.. targets.Select(t => (t.RunId, t.ExperimentPath))], options, token))
        {
            _show(look);
            if (!look.IsOver) continue;
            if (look.Error is { } error)
            {
                isWell = false;
                await failed(error, look.RunId);
            }
            else
            {
                await ended(look.Status!);
            }
        }
        return isWell;
    }
}
