namespace HpcAgent.Cmdlets;

/// <summary>A cmdlet that waits for runs and writes the status of each as it ends. The runs do not need anyone to wait.</summary>
public abstract class WaitingCmdlet : RunCmdlet
{
    protected override bool HasDefaultRuns => true;

    /// <summary>Waits for all runs at once.</summary>
    private protected async Task WaitForAllAsync(IReadOnlyList<RunTarget> targets, TimeSpan? timeout, CancellationToken token)
    {
        RunWatch watch = new(ask => Context(ask.ExperimentPath, looks: ask.Looks), Show);
        await Task.WhenAll(targets.Select(target => ForEachAsync([target], async one =>
            await WriteAsync(await watch.WaitAsync(one.RunId, one.ExperimentPath, timeout, token)))));
    }
}
