using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>
/// Looks at runs of any experiments and clusters. Each cluster is asked once, in one execution, however many of its runs are meant; clusters are
/// asked side by side. What was learnt is kept for the next look.
/// </summary>
public sealed class RunSurvey
{
    private readonly Func<string, OperationContext> _contexts;
    private readonly Dictionary<string, OperationContext> _opened = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), Entry> _entries = [];

    /// <summary>Creates it.</summary>
    /// <param name="contexts">The context of the experiment in a folder.</param>
    public RunSurvey(Func<string, OperationContext> contexts) => _contexts = contexts;

    /// <summary>Looks at runs.</summary>
    /// <param name="runs">Their ids, each with the absolute folder of its experiment.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <param name="explain">True to ask too why tasks wait.</param>
    /// <returns>One answer a run, in the same order.</returns>
    public async Task<IReadOnlyList<SurveyedRun>> LookAsync(
        IReadOnlyList<(string RunId, string ExperimentPath)> runs, CancellationToken cancellationToken, bool explain = false)
    {
        (IReadOnlyList<SurveyGroup> groups, SurveyedRun?[] answers) = await OpenAsync(runs, cancellationToken);
        await Task.WhenAll(groups.Select(async group =>
        {
            foreach (SurveyMember member in group.Members) member.View.WantsReasons = explain;
            IReadOnlyList<SurveyedRun> look = await group.LookAsync(group.Members, 0, cancellationToken);
            for (int i = 0; i < look.Count; i++) answers[group.Members[i].Index] = look[i];
        }));
        return answers!;
    }

    /// <summary>Finds the records of runs, and sorts the runs by the execution in which they can be looked at.</summary>
    /// <param name="runs">Their ids, each with the absolute folder of its experiment.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The groups, and an answer for each run that cannot be looked at.</returns>
    internal async Task<(IReadOnlyList<SurveyGroup> Groups, SurveyedRun?[] Answers)> OpenAsync(
        IReadOnlyList<(string RunId, string ExperimentPath)> runs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        SurveyedRun?[] answers = new SurveyedRun?[runs.Count];
        List<(int Index, Entry Entry)> found = [];
        for (int i = 0; i < runs.Count; i++)
        {
            try
            {
                found.Add((i, await FindAsync(runs[i].RunId, runs[i].ExperimentPath, cancellationToken)));
            }
            catch (HpcException e)
            {
                answers[i] = new(runs[i].RunId, null, e);
            }
        }
        // A name alone could mean another site in another experiment's configuration.
        return (
            [
                .. found.GroupBy(f => (f.Entry.Cluster.Name, f.Entry.Cluster.Describe().Origin)).Select(group => new SurveyGroup(
                    group.First().Entry.Cluster, group.First().Entry.Context.Clock, [.. group.Select(g => Member(g.Index, g.Entry))])),
            ],
            answers);
    }

    private static SurveyMember Member(int index, Entry entry) =>
        new(index, entry.Context, entry.Cluster, entry.Record, entry.View) { Journal = entry.Journal, JournalLength = entry.JournalLength };

    private async Task<Entry> FindAsync(string runId, string experimentPath, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue((runId, experimentPath), out Entry? known)) return known;
        if (!_opened.TryGetValue(experimentPath, out OperationContext? context)) _opened.Add(experimentPath, context = _contexts(experimentPath));
        RunJournal journal = RunLookup.Store(context).Journal(runId);
        long length = journal.Length;
        RunRecord record = await RunLookup.FindAsync(context, runId, cancellationToken);
        ICluster cluster = context.Cluster(record.Run.Cluster);
        return _entries[(runId, experimentPath)] = new(context, record, cluster, cluster.View(record), journal, length);
    }

    private sealed record Entry(OperationContext Context, RunRecord Record, ICluster Cluster, RunView View, RunJournal Journal, long JournalLength);
}

/// <summary>What a look at one of several runs found.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Status">Where it stands, or null if it could not be looked at.</param>
/// <param name="Error">Why it could not, or null.</param>
public sealed record SurveyedRun(string RunId, RunStatus? Status, HpcException? Error);
