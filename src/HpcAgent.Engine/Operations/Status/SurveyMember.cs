using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>One run of a survey.</summary>
/// <param name="Index">Its place among those that were asked for.</param>
/// <param name="Context">Where and for whom.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Record">What is recorded of it.</param>
/// <param name="View">What is known of it.</param>
internal sealed record SurveyMember(int Index, OperationContext Context, ICluster Cluster, RunRecord Record, RunView View)
{
    /// <summary>Its name.</summary>
    public string RunId => Record.Run.RunId;

    /// <summary>Its journal.</summary>
    public required RunJournal Journal { get; init; }

    /// <summary>How long the journal was when the record was read, in bytes.</summary>
    public required long JournalLength { get; init; }

    /// <summary>The command that is told of changes where the watch names none, or null.</summary>
    public string? OnChange => Context.Environment.GetValueOrDefault(ChangeHook.Variable) is { Length: > 0 } command ? command : null;

    /// <summary>The run as it is recorded now: if somebody has sent tasks of it again, a member that waits for those.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<SurveyMember> RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            long length = Journal.Length;
            if (length == JournalLength) return this;
            // Mostly it has grown by what was seen of the run.
            JournalState now = await Journal.ReadAsync(cancellationToken);
            if (IsSame(now, Record.Journal)) return this with { JournalLength = length };
            RunRecord record = await RunLookup.FindAsync(Context, RunId, cancellationToken);
            return this with { Record = record, View = Cluster.View(record), JournalLength = length };
        }
        catch (HpcException)
        {
            // What is known is enough to go on; the look itself will say what is wrong.
            return this;
        }
    }

    private static bool IsSame(JournalState one, JournalState other) =>
        one.Submissions.Count == other.Submissions.Count && one.Stage == other.Stage && one.JobIds.Count() == other.JobIds.Count();
}
