using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

/// <summary>A cmdlet that waits for runs and writes the status of each as it ends. The runs do not need anyone to wait.</summary>
public abstract class WaitingCmdlet : RunCmdlet
{
    protected override bool HasDefaultRuns => true;

    /// <summary>Waits for all runs at once.</summary>
    private protected async Task WaitForAllAsync(IReadOnlyList<RunTarget> targets, WatchOptions options, Action<WatchedRun> show, CancellationToken token)
    {
        RunWatch watch = new(path => Context(path), look =>
        {
            foreach (string warning in look.Warnings) Post(() => WriteWarning($"{look.RunId}: {warning}"));
            show(look);
        });
        _ = await watch.WaitAsync(targets, options, status => WriteAsync(status), WriteErrorAsync, token);
    }

    /// <summary>Shows one bar for all runs.</summary>
    private protected Action<WatchedRun> Bar()
    {
        WatchBar bar = new();
        return look =>
        {
            if (bar.Take(look) is { } progress) Show(progress);
        };
    }
}
