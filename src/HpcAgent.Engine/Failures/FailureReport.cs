using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Failures;

/// <summary>Makes the groups of a diagnosis as they are shown: cause, one example with its log, and what the tasks have in common.</summary>
internal sealed class FailureReport(RunView view, FailureDiagnosis diagnosis)
{
    private const int ShownVariants = 5;

    /// <summary>The groups, the largest first.</summary>
    public IReadOnlyList<FailureGroup> Groups()
    {
        IReadOnlyList<FailureCluster> clusters = FailureGrouping.Group(diagnosis.Verdicts.Select(v => (v, diagnosis.Tasks[v.TaskId].Node)));
        if (clusters.Count == 0) return [];
        using TaskTable? table = Directory.Exists(view.Layout.Tasks) ? TaskTable.Open(view.Layout.Tasks) : null;
        LiftSurvey survey = Survey(clusters, table);
        return [.. clusters.Select((cluster, i) => Group(cluster, survey, i, table))];
    }

    private FailureGroup Group(FailureCluster cluster, LiftSurvey survey, int index, TaskTable? table)
    {
        IReadOnlyList<FailureLift> lifts = survey.Of(index);
        return new FailureGroup
        {
            RunId = view.Run.RunId,
            Cluster = view.Run.Cluster,
            ExperimentPath = view.Run.ExperimentPath,
            TaskCount = cluster.Members.Count,
            FailedCount = diagnosis.Verdicts.Count,
            Category = cluster.Rule.Category,
            Cause = cluster.Text,
            Location = cluster.Location,
            Rule = cluster.Rule.Name,
            Remedy = cluster.Rule.Remedy,
            Fingerprint = cluster.Fingerprint,
            TaskId = [.. cluster.Members.Select(m => m.TaskId)],
            VariantCount = cluster.Variants.Count,
            Variants = [.. cluster.Variants.Take(ShownVariants)],
            Lifts = lifts,
            Common = survey.Common(index, lifts),
            Exemplar = Exemplar(cluster, table),
            UnreadLogCount = cluster.Members.Count(m => diagnosis.Tails[m.TaskId].State == TaskTailState.Unread),
        };
    }

    // The first task with the most frequent line whose log is there.
    private FailureExemplar Exemplar(FailureCluster cluster, TaskTable? table)
    {
        FailureVerdict chosen = cluster.Members
            .OrderBy(m => diagnosis.Tails[m.TaskId].Text.Length == 0)
            .ThenBy(m => FailureText.Short(m.Line) != cluster.Variants[0])
            .First();
        (RunTaskStatus task, TaskTail tail) = (diagnosis.Tasks[chosen.TaskId], diagnosis.Tails[chosen.TaskId]);
        return new FailureExemplar
        {
            TaskId = task.TaskId,
            State = task.State,
            Attempt = task.Attempt,
            ExitCode = task.ExitCode,
            Signal = task.Signal,
            Reason = task.Reason,
            Node = task.Node,
            Parameters = table?.Read(task.TaskId).Parameters ?? task.Parameters,
            LogPath = tail.Path,
            Log = tail.Text,
        };
    }

    private LiftSurvey Survey(IReadOnlyList<FailureCluster> clusters, TaskTable? table)
    {
        Dictionary<long, int> groups = [];
        for (int i = 0; i < clusters.Count; i++)
            foreach (FailureVerdict member in clusters[i].Members) groups[member.TaskId] = i;
        LiftSurvey survey = new();
        TaskLedger ledger = view.Ledger;
        foreach ((long id, IReadOnlyDictionary<string, object?> parameters) in Parameters(table))
        {
            // What was cancelled or preempted, or has not ended, had no chance to fail by itself.
            if (ledger[id] is TaskState.Cancelled or TaskState.Preempted || !ledger[id].IsFinal()) continue;
            survey.Add(groups.TryGetValue(id, out int group) ? group : -1, parameters, ledger.Node(id));
        }
        return survey;
    }

    private IEnumerable<(long Id, IReadOnlyDictionary<string, object?> Parameters)> Parameters(TaskTable? table)
    {
        if (table is not null) return table.ReadAll().Select(t => (t.Id, t.Parameters));
        return Enumerable.Range(0, checked((int)view.Ledger.TaskCount))
            .Select(id => ((long)id, (IReadOnlyDictionary<string, object?>)System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty));
    }
}
