using System.Globalization;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>The words in which runs that are watched are shown.</summary>
public static class WatchText
{
    /// <summary>How much of all tasks has ended, in percent.</summary>
    /// <param name="runs">The runs.</param>
    public static int Percent(IReadOnlyCollection<RunStatus> runs)
    {
        long total = runs.Sum(s => s.Counts.TotalCount);
        return total == 0 ? 0 : (int)(100 * runs.Sum(s => s.Counts.CompleteCount + s.Counts.UnsuccessfulCount) / total);
    }

    /// <summary>Runs taken together, such as <c>90 of 120 complete, 12 running, 3 failed, about 20m left</c>.</summary>
    /// <param name="runs">The runs.</param>
    public static string Together(IReadOnlyCollection<RunStatus> runs)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{runs.Sum(s => s.Counts.CompleteCount)} of {runs.Sum(s => s.Counts.TotalCount)} complete")];
        AddCount(parts, runs.Sum(s => s.Counts.RunningCount), "running");
        AddCount(parts, runs.Sum(s => s.Counts.UnsuccessfulCount), "failed");
        // Of a run that has not begun nobody knows the end, nor then of all.
        RunStatus[] open = [.. runs.Where(s => s.State == LifecycleState.InFlight)];
        if (open.All(s => s.Remaining is not null) && open.Max(s => s.Remaining) is { } left) parts.Add($"about {DurationText.Format(left)} left");
        return string.Join(", ", parts);
    }

    /// <summary>One run in one line: its counts, the finish as an interval, the newest failure, the rate, what the finish rests on and when the next look is due, as much as there is room for, the first first.</summary>
    /// <param name="look">The newest look at it, which found its status.</param>
    /// <param name="width">How many characters there are.</param>
    public static string Line(WatchedRun look, int width)
    {
        ArgumentNullException.ThrowIfNull(look);
        RunStatus status = look.Status!;
        string counts = (look.Error is null ? "" : "cannot be asked; last seen: ") + Counts(status, hasPending: true);
        if (counts.Length > width) counts = (look.Error is null ? "" : "cannot be asked; ") + Counts(status, hasPending: false);
        string?[] extras = [Finish(status), Rate(status), Failure(status), status.Finish?.Basis, NextLook(look)];
        bool[] taken = new bool[extras.Length];
        int used = counts.Length;
        foreach (int i in (int[])[0, 2, 1, 3, 4])
        {
            if (extras[i] is not { } text || used + 2 + text.Length > width) continue;
            (taken[i], used) = (true, used + 2 + text.Length);
        }
        return string.Join("; ", extras.Where((_, i) => taken[i]).Prepend(counts));
    }

    /// <summary>The line that tells that tasks of a run were sent again by themselves; null if none were.</summary>
    /// <param name="look">The look after which that was done.</param>
    public static string? Retry(WatchedRun look)
    {
        ArgumentNullException.ThrowIfNull(look);
        return look.Resumption is not { } resumption ? null : string.Create(
            CultureInfo.InvariantCulture, $"{look.RunId}: auto retry {look.Round}: {AutoRetry.Words(resumption)}{(resumption.Deduplicated ? " (sent by another watcher)" : "")}");
    }

    /// <summary>The line that tells what is new about a run, or null if nothing is that a person would want to be told of.</summary>
    /// <param name="before">The look before, or null.</param>
    /// <param name="now">This look.</param>
    public static string? Change(WatchedRun? before, WatchedRun now)
    {
        ArgumentNullException.ThrowIfNull(now);
        if (now.Error is { } error) return before?.Error is null ? $"{now.RunId}: cannot be asked: {error.Message}" : null;
        RunStatus status = now.Status!;
        bool isSame = before is { Error: null, Status: { } last } && last.Counts == status.Counts && last.State == status.State;
        return isSame ? null : $"{now.RunId}: {Line(now with { NextLookAt = null }, int.MaxValue)}";
    }

    private static string Counts(RunStatus status, bool hasPending)
    {
        TaskCounts counts = status.Counts;
        string state = status.State is LifecycleState.InFlight or LifecycleState.Complete ? "" : Words(status.State) + ": ";
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{counts.CompleteCount}/{counts.TotalCount} complete")];
        AddCount(parts, counts.RunningCount, "running");
        if (hasPending) AddCount(parts, counts.PendingCount, "pending");
        AddCount(parts, counts.HeldCount, "held");
        AddCount(parts, counts.FailedCount, "failed");
        AddCount(parts, counts.TimeoutCount, "timed out");
        AddCount(parts, counts.OutOfMemoryCount, "out of memory");
        AddCount(parts, counts.NodeFailureCount, "node failure");
        AddCount(parts, counts.PreemptedCount, "preempted");
        AddCount(parts, counts.CancelledCount, "cancelled");
        AddCount(parts, counts.LostCount, "lost");
        AddCount(parts, counts.UnknownCount, "unknown");
        return state + string.Join(", ", parts);
    }

    private static void AddCount(List<string> parts, long count, string name)
    {
        if (count > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {name}"));
    }

    // Seconds matter only where the end is near, the day only where it is another one.
    private static string? Finish(RunStatus status)
    {
        if (status.Finish is not { } finish) return null;
        (DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) = (finish.Earliest.ToLocalTime(), finish.Latest.ToLocalTime(), status.ObservedAt.ToLocalTime());
        string time = to - now < TimeSpan.FromMinutes(10) ? "HH:mm:ss" : "HH:mm";
        return $"ends {Time(from)}-{Time(to)}";

        string Time(DateTimeOffset at) => at.ToString(at.Date == now.Date ? time : "MMM d " + time, CultureInfo.InvariantCulture);
    }

    private static string? Rate(RunStatus status)
    {
        if (status.State != LifecycleState.InFlight || status.TasksPerSecond is not { } rate) return null;
        (double value, string unit) = rate >= 1 ? (rate, "s") : rate * 60 >= 1 ? (rate * 60, "min") : (rate * 3600, "h");
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} tasks/{unit}");
    }

    private static string? Failure(RunStatus status)
    {
        if (status.NewestFailures.Count == 0) return null;
        RunTaskStatus task = status.NewestFailures[0];
        string end = task.Signal is { } signal ? $"signal {signal}" : task.ExitCode is { } code and not 0 && task.State == TaskState.Failed ? $"exit {code}" : Words(task.State);
        return string.Create(CultureInfo.InvariantCulture, $"newest failure: task {task.TaskId}, {end}");
    }

    // Where looks follow each other at once there is nothing to wait for.
    private static string? NextLook(WatchedRun look) =>
        look.NextLookAt is { } next && next - look.Status!.ObservedAt > TimeSpan.FromSeconds(20) ? $"next look {next.ToLocalTime():HH:mm:ss}" : null;

    private static string Words<T>(T state)
        where T : struct, Enum =>
        string.Concat(state.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}
