using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Cmdlets;

/// <summary>Waits for runs, and shows how far all of them together are.</summary>
internal sealed class RunWatch
{
    private readonly Func<(string ExperimentPath, IProgress<RunStatus> Looks), OperationContext> _context;
    private readonly Action<ProgressRecord> _show;
    private readonly ConcurrentDictionary<string, RunStatus> _last = new(StringComparer.Ordinal);

    /// <summary>Creates it.</summary>
    /// <param name="context">Gives a context for an experiment that reports looks.</param>
    /// <param name="show">Shows progress; may be called from any thread.</param>
    public RunWatch(Func<(string ExperimentPath, IProgress<RunStatus> Looks), OperationContext> context, Action<ProgressRecord> show)
    {
        (_context, _show) = (context, show);
    }

    /// <summary>Waits for the end of one run.</summary>
    /// <returns>Its last status, with the state <see cref="LifecycleState.Timeout"/> if the time was up first.</returns>
    public async Task<RunStatus> WaitAsync(string runId, string experimentPath, TimeSpan? timeout, CancellationToken token)
    {
        OperationContext context = _context((experimentPath, new Looks(this)));
        MonitorResult end = await new MonitorOperation().ExecuteAsync(
            new MonitorRequest { RunId = runId, WallClockBudgetSeconds = timeout?.TotalSeconds }, context, token);
        return end.Status with { State = end.State };
    }

    private void Seen(RunStatus status)
    {
        _last[status.RunId] = status;
        RunStatus[] all = [.. _last.Values];
        long total = all.Sum(s => s.Counts.TotalCount);
        long complete = all.Sum(s => s.Counts.CompleteCount);
        long failed = all.Sum(s => s.Counts.UnsuccessfulCount);
        long running = all.Sum(s => s.Counts.RunningCount);
        string name = all.Length == 1 ? all[0].RunId : string.Create(CultureInfo.InvariantCulture, $"{all.Length} runs");
        string text = string.Create(CultureInfo.InvariantCulture, $"{complete} of {total} complete, {running} running");
        if (failed > 0) text += string.Create(CultureInfo.InvariantCulture, $", {failed} failed");
        TimeSpan? left = all.Max(s => s.Remaining);
        if (left is { } time) text += $", about {DurationText.Format(time)} left";
        _show(new ProgressRecord(1, name, text) { PercentComplete = total == 0 ? 0 : (int)(100 * (complete + failed) / total) });
    }

    private sealed class Looks(RunWatch watch) : IProgress<RunStatus>
    {
        public void Report(RunStatus value) => watch.Seen(value);
    }
}
