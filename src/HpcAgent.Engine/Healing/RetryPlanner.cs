using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Healing;

/// <summary>Decides which failed tasks of a run run again and with what, and lays them out in arrays by what they need. It asks nobody.</summary>
internal sealed class RetryPlanner
{
    private readonly ICluster _cluster;
    private readonly RunRecord _record;
    private readonly RunView _view;
    private readonly RetryPolicy _policy;
    private readonly RetryHistory _history;
    private readonly RetryOverrides _overrides;
    private readonly SchedulerOptions _options;
    private readonly List<ResumeGroup> _groups = [];
    private readonly List<ResumeRefusal> _left = [];
    private long _budget;

    /// <summary>Creates it.</summary>
    /// <param name="cluster">The cluster of the run.</param>
    /// <param name="record">The run.</param>
    /// <param name="view">What is known of it.</param>
    /// <param name="policy">What is done about which failure.</param>
    /// <param name="overrides">What the caller wants instead.</param>
    public RetryPlanner(ICluster cluster, RunRecord record, RunView view, RetryPolicy policy, RetryOverrides overrides)
    {
        (_cluster, _record, _view, _policy, _overrides) = (cluster, record, view, policy, overrides);
        _history = new RetryHistory(record);
        _options = SchedulerOptionsJson.Read(record.Sidecar?.SchedulerOptions);
        _budget = Math.Max(0, policy.RetriesOfRun(record.Run.TaskCount) - _history.Count);
    }

    /// <summary>Retries that are left for all tasks of the run together.</summary>
    public long Budget => _budget;

    /// <summary>Makes the plan.</summary>
    /// <param name="failures">Why tasks failed.</param>
    public RunResumption Plan(IReadOnlyList<FailureGroup> failures)
    {
        RunResumption choice = Choose(failures);
        return choice.Groups.Count == 0 ? choice : choice with { Plan = Lay(choice.Groups, choice.ExcludedNodes) };
    }

    /// <summary>Decides, and lays nothing out yet.</summary>
    /// <param name="failures">Why tasks failed.</param>
    public RunResumption Choose(IReadOnlyList<FailureGroup> failures)
    {
        IReadOnlyList<string> nodes = _overrides.ExcludedNodes ?? [.. _history.ExcludedNodes.Union(BadNodes.Of(failures, _view), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (FailureGroup failure in failures) Sort(failure, nodes);
        // Groups that came to the same request are one array less.
        ResumeGroup[] groups = [.. _groups.GroupBy(g => (g.Category, g.Resources, RetryPlace.Of(g.Options), g.Reason)).Select(g => g.First() with { TaskId = [.. g.SelectMany(x => x.TaskId).Order()] })];
        return new RunResumption
        {
            RunId = _record.Run.RunId,
            Cluster = _record.Run.Cluster,
            ExperimentPath = _record.Run.ExperimentPath,
            Groups = groups,
            Left = _left,
            ExcludedNodes = groups.Length == 0 ? [] : nodes,
        };
    }

    private void Sort(FailureGroup failure, IReadOnlyList<string> nodes)
    {
        long[] wanted = [.. failure.TaskId.Where(_overrides.Wants)];
        if (wanted.Length == 0) return;
        RetryRule rule = _policy[failure.Category];
        bool isOfNodes = BadNodes.Explain(failure, nodes);
        if (isOfNodes && rule is { MaxRetries: 0 }) rule = new RetryRule(RetryPolicy.NodeRetries);
        bool isAsked = _overrides.IsForced || (failure.Category == FailureCategory.GpuOutOfMemory && _overrides.NamesGpus);
        if (isAsked && rule is { MaxRetries: 0 }) rule = new RetryRule(null);
        if (rule.MaxRetries == 0)
        {
            Leave(failure, wanted, RetryPolicy.WhyLeft(failure));
            return;
        }
        string where = isOfNodes ? $"not on {string.Join(", ", nodes)}, where significantly many failed" : "";
        foreach (IGrouping<(ResourceRequest Resources, RetryPlace Place), long> same in Allowed(failure, wanted, rule).GroupBy(id => (_history.Resources(id), _history.Place(id))))
        {
            (ResourceRequest? next, string reason) = _overrides.Resources(same.Key.Resources) is { } given ? (given, "as the request says") : Step(same).Next(same.Key.Resources, rule);
            if (next is null) Leave(failure, [.. same], reason);
            else Add(failure.Category, [.. same], next, _overrides.Place.Over(rule.Place).Over(same.Key.Place), same.Key.Place, [reason, where]);
        }
    }

    private void Add(FailureCategory category, IReadOnlyList<long> tasks, ResourceRequest resources, RetryPlace place, RetryPlace before, IEnumerable<string> reasons)
    {
        string[] all = [.. reasons.Append(place == before ? "" : place.ToString()).Where(r => r.Length > 0)];
        // That nothing changes is worth a word only where nothing does.
        if (all.Length > 1) all = [.. all.Where(r => r != ResourceStep.AsBefore)];
        _groups.Add(new ResumeGroup { Category = category, TaskId = tasks, Resources = resources, Options = place.ToOptions(), Reason = string.Join("; ", all) });
    }

    private List<long> Allowed(FailureGroup failure, long[] wanted, RetryRule rule)
    {
        if (rule.MaxRetries is not { } most || _overrides.IsForced) return [.. wanted];
        ILookup<bool, long> often = wanted.ToLookup(id => _history.Retries(id, failure.Category) >= most || _history.Retries(id) >= _policy.MaxRetries);
        if (often[true].Any())
        {
            string times = Times(Math.Min(most, _policy.MaxRetries));
            Leave(failure, [.. often[true]], $"already sent again {times}{(most <= _policy.MaxRetries ? " for this cause" : "")}: {failure.Remedy}");
        }
        long[] allowed = [.. often[false].Take((int)Math.Min(int.MaxValue, _budget))];
        _budget -= allowed.Length;
        long[] rest = [.. often[false].Skip(allowed.Length)];
        if (rest.Length > 0)
        {
            Leave(failure, rest, _policy.MaxRunRetries is { } limit
                ? string.Create(CultureInfo.InvariantCulture, $"the run has had the {limit} retries that its policy allows: look into the cause first")
                : string.Create(CultureInfo.InvariantCulture, $"the run has had {RetryPolicy.MostRetriesPerTask} retries for each of its tasks: look into the cause first"));
        }
        return [.. allowed];
    }

    private static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    private ResourceStep Step(IEnumerable<long> tasks)
    {
        RunTaskStatus[] failed = [.. tasks.Select(Status)];
        return new ResourceStep(_cluster.Largest(_overrides.Place.ApplyTo(_options)), PeakOfComplete(), failed.Max(t => t.PeakMemoryBytes), failed.Max(t => t.Elapsed));
    }

    private long? PeakOfComplete() => _view.Ledger.TasksIn(s => s == TaskState.Complete).Max(id => Status(id).PeakMemoryBytes);

    private RunTaskStatus Status(long id) => _view.Ledger.ToStatus(_record.Run.RunId, id, DateTimeOffset.MaxValue);

    private void Leave(FailureGroup failure, IReadOnlyList<long> tasks, string reason) =>
        _left.Add(new ResumeRefusal { Category = failure.Category, TaskId = tasks, Cause = failure.Cause, Reason = reason });

    private RunPlan Lay(IReadOnlyList<ResumeGroup> groups, IReadOnlyList<string> nodes)
    {
        List<PlanArray> arrays = [];
        List<RunPlan> plans = [];
        foreach (ResumeGroup group in groups)
        {
            RunPlan plan = _cluster.Plan(group.TaskCount, new PlanRequest { Resources = group.Resources, MaxConcurrentCount = _overrides.MaxConcurrentCount, Options = RetryPlace.Of(group.Options).ApplyTo(_options) });
            int first = _history.NextIndex + arrays.Count;
            foreach (PlanArray array in plan.Arrays) arrays.Add(Of(array, group, plan, nodes) with { Index = first + array.Index, AfterArray = first + array.AfterArray });
            plans.Add(plan);
        }
        return plans[0] with
        {
            TaskCount = groups.Sum(g => g.TaskCount),
            MaxConcurrentCount = plans.Max(p => p.MaxConcurrentCount),
            Arrays = arrays,
            Strategy = string.Create(CultureInfo.InvariantCulture, $"{groups.Sum(g => g.TaskCount)} {(groups.Sum(g => g.TaskCount) == 1 ? "task" : "tasks")} again in {arrays.Count} {(arrays.Count == 1 ? "array" : "arrays")}"),
            EstimatedElapsed = null,
            Assumptions = [.. plans.SelectMany(p => p.Assumptions).Distinct(StringComparer.Ordinal)],
        };
    }

    private PlanArray Of(PlanArray array, ResumeGroup group, RunPlan plan, IReadOnlyList<string> nodes)
    {
        long[] ids = [.. group.TaskId.Skip((int)array.FirstTaskId).Take((int)array.TaskCount)];
        return array with
        {
            FirstTaskId = ids[0],
            TaskIds = Ranges(ids),
            Resources = plan.Resources,
            ElementResources = plan.ElementResources,
            Options = group.Options,
            AttemptBase = ids.Max(_view.Ledger.Attempt),
            ExcludedNodes = nodes,
            Cause = group.Category,
            Reason = group.Reason,
        };
    }

    private static List<TaskIdRange> Ranges(long[] ids)
    {
        List<TaskIdRange> ranges = [];
        foreach (long id in ids)
        {
            if (ranges.Count > 0 && ranges[^1].First + ranges[^1].Count == id) ranges[^1] = ranges[^1] with { Count = ranges[^1].Count + 1 };
            else ranges.Add(new TaskIdRange(id, 1));
        }
        return ranges;
    }
}
