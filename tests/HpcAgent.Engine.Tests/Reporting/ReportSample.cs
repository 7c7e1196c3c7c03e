using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Tests.Reporting;

/// <summary>What a report is made of, for runs that exist only here; the records come from the code that makes them for real runs.</summary>
internal static class ReportSample
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static Run Run(long tasks, string id = "sweep-1a2b3c4d", string command = "python3 train.py --lr {lr} --seed {seed}") => new()
    {
        RunId = id,
        Cluster = "local",
        TaskCount = tasks,
        CmdSha = new string('c', 64),
        IdentitySha = new string('1', 64),
        Command = command,
        ExperimentPath = "/home/user/sweep",
        RemotePath = "/home/user/sweep",
        ResultPath = "/home/user/sweep/.hpc/runs/sweep-1a2b3c4d/results",
        SubmittedAt = Start,
        JobIds = ["17"],
    };

    /// <summary>A ledger in which each task is in the state that is given for it.</summary>
    public static TaskLedger Ledger(long tasks, Func<long, TaskState> state, int slots = 8)
    {
        TaskLedger ledger = new(tasks);
        Random random = new(7);
        double[] free = new double[slots];
        for (long id = 0; id < tasks; id++)
        {
            if (state(id) == TaskState.Pending) continue;
            int slot = (int)(id % slots);
            double took = Math.Exp(random.NextDouble() * 3);
            DateTimeOffset at = Start.AddSeconds(2 + free[slot]);
            ledger.Apply(new TaskEvent { At = at, Kind = TaskEventKind.Start, TaskId = id, Attempt = 1, Pid = 9 }, "node1");
            if (state(id) == TaskState.Running) continue;
            free[slot] += took;
            ledger.Apply(
                new TaskEvent
                {
                    At = at.AddSeconds(took),
                    Kind = TaskEventKind.End,
                    TaskId = id,
                    Attempt = 1,
                    State = state(id),
                    ExitCode = state(id) == TaskState.Complete ? 0 : 3,
                    Elapsed = TimeSpan.FromSeconds(took),
                    PeakMemoryBytes = (long)(random.NextDouble() * (900 << 20)) + (80 << 20),
                },
                "node1");
        }
        return ledger;
    }

    public static ReportData Data(Run run, TaskLedger ledger, ResourceRequest? asked = null, LifecycleState? state = null)
    {
        DateTimeOffset seen = ledger.LastEndAt?.AddSeconds(1) ?? Start.AddMinutes(1);
        IEnumerable<RunTaskStatus> tasks = Enumerable.Range(0, (int)run.TaskCount).Select(id => ledger.ToStatus(run.RunId, id, seen));
        LifecycleState stands = state ?? (ledger.Count(TaskState.Complete) == run.TaskCount ? LifecycleState.Complete
            : ledger.Count(TaskState.Pending) + ledger.Count(TaskState.Running) > 0 ? LifecycleState.InFlight : LifecycleState.Failed);
        return new ReportData
        {
            Run = run,
            Status = new RunStatus
            {
                RunId = run.RunId,
                Cluster = run.Cluster,
                State = stands,
                Counts = ledger.ToCounts(),
                StartedAt = ledger.FirstStartAt,
                EndedAt = stands == LifecycleState.InFlight ? null : ledger.LastEndAt,
                ObservedAt = seen,
            },
            Efficiency = EfficiencyReport.Of(run, new AskedResources(Plan(run, asked ?? new ResourceRequest { MemoryBytes = 1L << 30, Walltime = TimeSpan.FromSeconds(30) }), null), tasks),
            Tasks = TaskProfile.Of(tasks, run.SubmittedAt, seen),
            WhyNoAggregate = "nothing has ended",
        };
    }

    private static RunPlan Plan(Run run, ResourceRequest asked) => new()
    {
        Cluster = run.Cluster,
        TaskCount = run.TaskCount,
        Arrays = [],
        Resources = asked,
        Strategy = "",
        TasksPerElement = 1,
        MaxConcurrentCount = 1,
    };

    /// <summary>Adds an aggregate in which each group has one value of each parameter, and one by each parameter alone.</summary>
    public static ReportData WithResults(ReportData data, IReadOnlyDictionary<string, object?[]> parameters, params string[] metrics)
    {
        List<AggregateGroup> groups = [];
        foreach (IReadOnlyDictionary<string, object?> key in Product(parameters)) groups.Add(Group(key, metrics, groups.Count));
        Aggregate all = Aggregate(data.Run, [.. parameters.Keys], groups);
        return data with
        {
            Aggregate = all,
            Table = AggregateRows.Create(all),
            Metrics = [.. metrics.Order(StringComparer.Ordinal)],
            Parameters = [.. parameters.Select(p => new ParameterAggregate(
                p.Key,
                Aggregate(data.Run, [p.Key], [.. p.Value.Select((v, i) => Group(new Dictionary<string, object?> { [p.Key] = v }, metrics, i))])))],
        };
    }

    public static FailureGroup Failure(Run run, long count, long failed, string cause, string log, params FailureLift[] lifts) => new()
    {
        RunId = run.RunId,
        Cluster = run.Cluster,
        ExperimentPath = run.ExperimentPath,
        TaskCount = count,
        FailedCount = failed,
        Category = FailureCategory.GpuOutOfMemory,
        Cause = cause,
        Location = "train.py:17",
        Rule = "gpu_oom",
        Remedy = "Make the batch smaller, or ask for a larger GPU.",
        Fingerprint = "f",
        TaskId = [.. Enumerable.Range(0, (int)count).Select(i => (long)i)],
        Lifts = lifts,
        Common = lifts.Length > 0 ? string.Join("; ", lifts.Select(l => l.ToString())) : "nothing stands out",
        Exemplar = new FailureExemplar { TaskId = 0, State = TaskState.Failed, ExitCode = 1, Node = "node1", Log = log, Parameters = new Dictionary<string, object?> { ["lr"] = 0.1 } },
    };

    public static FailureLift Lift(string parameter, object value) => new()
    {
        Parameter = parameter,
        Value = value,
        ValueText = value.ToString()!,
        GroupMatchCount = 12,
        GroupCount = 12,
        OtherMatchCount = 3,
        OtherCount = 88,
        OddsRatio = 611.25,
        PValue = 3.5e-9,
        UncorrectedPValue = 5e-10,
    };

    private static Aggregate Aggregate(Run run, string[] by, IReadOnlyList<AggregateGroup> groups) => new()
    {
        RunId = run.RunId,
        CmdSha = run.CmdSha,
        IdentitySha = run.IdentitySha,
        GroupBy = by,
        TaskCount = run.TaskCount,
        UsedCount = run.TaskCount,
        MissingTaskIds = [],
        Groups = groups,
    };

    private static AggregateGroup Group(IReadOnlyDictionary<string, object?> key, string[] metrics, int index) => new()
    {
        Key = key,
        TaskCount = 4,
        MissingCount = 0,
        Metrics = [.. metrics.Order(StringComparer.Ordinal).Select((name, i) => new MetricSummary
        {
            Name = name, Count = 4, Mean = 0.123456789 + (Math.Sin(index + i) / 3), StandardDeviation = 0.1, StandardError = 0.05, Weight = 4,
        })],
    };

    private static IEnumerable<IReadOnlyDictionary<string, object?>> Product(IReadOnlyDictionary<string, object?[]> parameters)
    {
        IEnumerable<Dictionary<string, object?>> all = [[]];
        foreach ((string name, object?[] values) in parameters)
            all = all.SelectMany(_ => values, (map, value) => new Dictionary<string, object?>(map) { [name] = value });
        return all;
    }
}
