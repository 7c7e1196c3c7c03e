using System.Globalization;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>
/// Judges a canary: by what its task and the scheduler say first, by the exit code next, by the text of the log last. Where nothing says how it
/// ended, nothing is concluded.
/// </summary>
internal static class CanaryJudge
{
    private const int SegmentationFault = 11;
    private const int Kill = 9;
    private const int SignalBase = 128;

    /// <summary>Judges.</summary>
    /// <param name="evidence">What is known.</param>
    /// <returns>The kind, what happened in one sentence, and what is odd although it passed.</returns>
    public static (CanaryFailureKind Kind, string Details, IReadOnlyList<string> Warnings) Judge(CanaryEvidence evidence)
    {
        if (evidence.Task.State == TaskState.Complete) return OfSuccess(evidence);
        (CanaryFailureKind kind, string end, string said) = evidence.Task.State switch
        {
            TaskState.OutOfMemory => (CanaryFailureKind.OomKilled, "was ended for its memory", ""),
            TaskState.Timeout => (CanaryFailureKind.TimeLimit, "reached its time limit", ""),
            TaskState.NodeFailure => (CanaryFailureKind.NodeFailure, "ended with its node", ""),
            TaskState.Lost => (CanaryFailureKind.NodeFailure, "was lost with the process that watched it", ""),
            TaskState.Preempted => (CanaryFailureKind.Preempted, "was preempted, or ended from outside", ""),
            TaskState.Cancelled => (CanaryFailureKind.Abandoned, "was stopped or cancelled", ""),
            TaskState.Failed => OfFailure(evidence),
            _ when evidence.State == LifecycleState.Timeout => (CanaryFailureKind.Timeout, $"has not ended: it is {evidence.Task.State.ToString().ToLowerInvariant()}", ""),
            _ => (CanaryFailureKind.UnableToVerify, "is in no queue, and nothing says how it ended", ""),
        };
        string reason = evidence.Task.Reason is { Length: > 0 } text ? $" ({text})" : "";
        string words = said.Length == 0 ? "" : $", saying: {Shortened(said)}";
        return (kind, $"its task {end}{reason}{Facts(evidence.Task)}{words}", []);
    }

    private static (CanaryFailureKind, string, IReadOnlyList<string>) OfSuccess(CanaryEvidence evidence)
    {
        string facts = Facts(evidence.Task);
        if (evidence.MissingOutputs.Count > 0)
            return (CanaryFailureKind.MissingOutput, $"its task ended with exit code 0 and did not leave {string.Join(", ", evidence.MissingOutputs)}{facts}", []);
        List<string> warnings = [];
        if (!evidence.HasMetrics) warnings.Add("the canary left no metrics.json in $RESULT_DIR: there will be nothing to aggregate");
        if (CanaryMarkers.Find(evidence.Log) is { } marker) warnings.Add($"the canary ended with exit code 0, and its log says: {marker.Line}");
        return (CanaryFailureKind.None, $"its task succeeded{facts}", warnings);
    }

    private static (CanaryFailureKind, string, string) OfFailure(CanaryEvidence evidence)
    {
        RunTaskStatus task = evidence.Task;
        // Only the scheduler knows of it: no task of it was ever started.
        if (task.Attempt == 0) return (CanaryFailureKind.DispatcherFailed, "was never started on a node", "");
        int? signal = task.Signal ?? (task.ExitCode > SignalBase ? task.ExitCode - SignalBase : null);
        string end = task.Signal is { } number ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {number}")
            : task.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}")
            : "failed";
        string last = CanaryMarkers.LastLine(evidence.Log);
        if (signal == SegmentationFault) return (CanaryFailureKind.Segfault, end, last);
        if (task.ExitCode is 126 or 127) return (CanaryFailureKind.CommandNotFound, end, last);
        if (CanaryMarkers.Find(evidence.Log) is { } marker) return (marker.Kind, end, marker.Line);
        if (signal == Kill) return (CanaryFailureKind.CommandFailed, $"{end}, from outside and often for memory", last);
        return (CanaryFailureKind.CommandFailed, last.Length == 0 ? $"{end} without a word" : end, last);
    }

    private static string Shortened(string line) => line.Length <= 300 ? line : string.Concat(line.AsSpan(0, 300), "...");

    private static string Facts(RunTaskStatus task)
    {
        if (task.Attempt == 0) return "";
        string time = task.Elapsed is { } elapsed ? $" after {CanaryText.Time(elapsed)}" : "";
        string node = task.Node is { } name ? $" on {name}" : "";
        string memory = task.PeakMemoryBytes is { } bytes ? $" with {CanaryText.Memory(bytes)} at its peak" : "";
        return time + node + memory;
    }
}
