using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Runs;

/// <summary>Takes the events of a journal together, in file order. Nothing that is damaged hides what is not.</summary>
internal sealed class JournalFold(string runId, string path)
{
    private const int MaxWarnings = 20;
    private readonly List<JournalSubmission> submissions = [];
    private readonly List<string> notes = [];
    private readonly List<string> warnings = [];
    private JournalState state = new() { RunId = runId };
    private long expected = 1;
    private long missing;
    private long endOffset = long.MaxValue;
    private long problemCount;

    internal static JournalState Read(byte[] content, string runId, string path)
    {
        var fold = new JournalFold(runId, path);
        var lines = ChecksumLines.Read(content);
        foreach (var line in lines.Damaged)
            fold.Warn($"line {line.LineNumber} (byte {line.Offset}) is damaged and left out");
        foreach (var line in lines.Lines)
            fold.Apply(line);
        if (lines.Damaged.Any(line => line.Offset > fold.endOffset))
            fold.DoubtEnd();
        if (lines.Damaged.Count == 0 && fold.missing > 0)
            fold.Warn($"{fold.missing} events are missing");
        return fold.Finish();
    }

    private void Apply(CheckedLine line)
    {
        JournalEvent item;
        try
        {
            item = JournalEventJson.Read(line.Text);
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException or OverflowException)
        {
            Warn($"line {line.LineNumber} cannot be used: {error.Message}");
            return;
        }

        missing += Math.Max(0, item.Sequence - expected);
        expected = Math.Max(expected, item.Sequence + 1);
        if (item is EndedEvent or ObservedEvent)
            endOffset = line.Offset;
        state = Apply(item) with { EventCount = state.EventCount + 1, LastSequence = expected - 1 };
    }

    private JournalState Apply(JournalEvent item)
    {
        switch (item)
        {
            case IntentEvent intent:
                submissions.Add(new() { Intent = intent });
                return state with { Lifecycle = LifecycleState.InFlight, LastObserved = null, EndedAt = null, EndReason = null, StopRequestedAt = null, RemovedAt = null };
            case SentEvent:
                ReplaceLast(last => last.Stage == SubmissionStage.Intended ? last with { Stage = SubmissionStage.Sent } : last, item);
                return state;
            case JobIdEvent job:
                AddArray(job);
                return state;
            case SubmittedEvent:
                ReplaceLast(last => last with { Stage = SubmissionStage.Submitted, SubmittedAt = item.At }, item);
                // Somebody who looked while it was sent saw the end before.
                return submissions.Count > 1 && state.RemovedAt is null
                    ? state with { Lifecycle = LifecycleState.InFlight, LastObserved = null, EndedAt = null, EndReason = null }
                    : state;
            case ObservedEvent observed:
                return Observe(observed);
            case EndedEvent ended:
                return state with { Lifecycle = ended.Lifecycle, EndedAt = item.At, EndReason = ended.Reason };
            case StopRequestedEvent:
                return state with { StopRequestedAt = item.At };
            case RemovedEvent:
                return state with { RemovedAt = item.At };
            case NoteEvent note:
                notes.Add(note.Text);
                return state;
            case UnknownEvent unknown:
                Warn($"event '{unknown.Kind}' is of a later version and left out");
                return state;
            default:
                return state;
        }
    }

    /// <summary>An unreachable cluster, or a caller that stopped waiting, lowers certainty; neither changes what is known.</summary>
    private JournalState Observe(ObservedEvent observed)
    {
        var next = state with { LastObserved = observed.Lifecycle, ObservedAt = observed.At, Counts = observed.Counts ?? state.Counts };
        return observed.Lifecycle is LifecycleState.UnableToVerify or LifecycleState.Timeout
            ? next
            : next with { Lifecycle = observed.Lifecycle, EndedAt = observed.Lifecycle == LifecycleState.InFlight ? null : state.EndedAt };
    }

    /// <summary>What followed the end cannot be read; it may have been a new submission, and then the run is not over.</summary>
    private void DoubtEnd()
    {
        if (state.Lifecycle is LifecycleState.Failed or LifecycleState.Abandoned)
            state = state with { Lifecycle = LifecycleState.UnableToVerify };
    }

    private void AddArray(JobIdEvent job)
    {
        var index = submissions.FindLastIndex(submission => submission.Intent.Tokens.Contains(job.Token, StringComparer.Ordinal));
        if (index < 0)
        {
            // The intent itself is damaged: an id that is known must not get lost with it.
            Warn($"the job id {job.JobId} belongs to no known submission");
            if (submissions.Count == 0)
                submissions.Add(new() { Intent = new() { IdentitySha = "", Tokens = [job.Token] } });
            index = submissions.Count - 1;
        }

        var submission = submissions[index];
        if (submission.Arrays.Any(array => string.Equals(array.Token, job.Token, StringComparison.Ordinal) && string.Equals(array.JobId, job.JobId, StringComparison.Ordinal)))
            return;
        var arrays = submission.Arrays.Append(new SubmittedArray(job.ArrayIndex, job.Token, job.JobId)).OrderBy(array => array.ArrayIndex);
        var stage = submission.Stage == SubmissionStage.Intended ? SubmissionStage.Sent : submission.Stage;
        submissions[index] = submission with { Arrays = [.. arrays], Stage = stage };
    }

    private void ReplaceLast(Func<JournalSubmission, JournalSubmission> change, JournalEvent item)
    {
        if (submissions.Count == 0)
            Warn($"event {item.Sequence.ToString(CultureInfo.InvariantCulture)} belongs to no known submission");
        else
            submissions[^1] = change(submissions[^1]);
    }

    private void Warn(FormattableString text)
    {
        if (++problemCount <= MaxWarnings)
            warnings.Add($"{path}: {text.ToString(CultureInfo.InvariantCulture)}");
    }

    private JournalState Finish()
    {
        if (problemCount > MaxWarnings)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: {problemCount - MaxWarnings} more"));
        return state with { Submissions = submissions, Notes = notes, Warnings = warnings };
    }
}
