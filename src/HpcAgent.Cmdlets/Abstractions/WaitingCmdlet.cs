using System.Management.Automation;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

/// <summary>A cmdlet that waits for runs and writes the status of each as it ends. The runs do not need anyone to wait.</summary>
public abstract class WaitingCmdlet : RunCmdlet
{
    [Parameter]
    public SwitchParameter AutoRetry { get; set; }

    [Parameter(Position = 1)]
    public object? RetryPolicy { get; set; }

    protected override bool HasDefaultRuns => true;

    // Behind a pipe the first place is still that of the run.
    protected override void BeginProcessing()
    {
        if (!AutoRetry || RetryPolicy is not null || !MyInvocation.ExpectingInput || RunId is not [var one] || one.Length > 3 || !one.All(char.IsAsciiDigit)) return;
        Terminate(ErrorRecords.From(new HpcException(ErrorCode.SpecInvalid, $"{one} was taken for the name of a run", $"Write -AutoRetry -RetryPolicy {one}."), one));
    }

    /// <summary>The policy of this wait, which stands above those of the runs; null for theirs.</summary>
    private protected RetryPolicy? Policy => RetryPolicyReader.TryRead(RetryWish.Of(MyInvocation.BoundParameters.ContainsKey(nameof(AutoRetry)) ? AutoRetry.IsPresent : null, RetryPolicy));

    /// <summary>Waits for all runs at once.</summary>
    private protected async Task WaitForAllAsync(IReadOnlyList<RunTarget> targets, WatchOptions options, Action<WatchedRun> show, CancellationToken token, bool isTold = true)
    {
        RunWatch watch = new(path => Context(path), look =>
        {
            foreach (string warning in look.Warnings) Post(() => WriteWarning($"{look.RunId}: {warning}"));
            if (isTold && WatchText.Retry(look) is { } again) Post(() => WriteInformation(new HostInformationMessage { Message = again }, ["PSHOST"]));
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
