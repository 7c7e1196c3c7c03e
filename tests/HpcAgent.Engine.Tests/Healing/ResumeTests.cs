using System.Text.Json;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;
using HpcAgent.Engine.Tests.Runs;
using HpcAgent.Engine.Tests.Submission;

namespace HpcAgent.Engine.Tests.Healing;

public sealed class ResumeTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeClock _clock = new();
    private readonly FakeCluster _cluster = new();

    public ResumeTests() => _folder.Write("experiment/code.py", "print()");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Failed_tasks_are_sent_once_in_arrays_by_what_they_need_and_wait_from_then_on()
    {
        RunRecord record = await SubmitAsync(8);
        RunView view = View(record, "cctomcfc");
        RunResumption plan = Planner(record, view).Plan([Group(FailureCategory.Walltime, 2), Group(FailureCategory.SystemOutOfMemory, 3, 4), Group(FailureCategory.CodeBug, 6)]);
        Assert.Equal("1 x Walltime: time limit 1h -> 2h: 2 times what they had|2 x SystemOutOfMemory: memory 1 GB -> 2 GB: 2 times what they had", string.Join('|', plan.Groups));
        Assert.Equal([6], Assert.Single(plan.Left).TaskId);
        Assert.Equal([(1, 1L), (2, 2L)], plan.Plan!.Arrays.Select(a => (a.Index, a.TaskCount)));
        (_, IReadOnlyList<string> ids, bool known, _) = await Resumer().SendAsync(_cluster, record, plan.Plan, "mine", CancellationToken.None);
        Assert.Equal((2, false), (ids.Count, known));
        ResumePackage sent = Assert.Single(_cluster.Resumed);
        Assert.Equal([new TaskIdRange(3, 2)], sent.Plan.Arrays[1].TaskIds);
        Assert.Equal(1, sent.Plan.Arrays[1].AttemptBase);

        RunRecord after = await ReadAsync(record);
        Assert.Equal([.. record.Run.JobIds, .. ids], after.Run.JobIds);
        Assert.Equal([0, 1, 2], after.Arrays!.Select(a => a.Array.Index));
        RunView now = View(after, "cctomcfc");
        Assert.Equal((3L, 4L, 1L), (now.Ledger.Count(TaskState.Pending), now.Ledger.Count(TaskState.Complete), now.Ledger.Count(TaskState.Failed)));
        Assert.Equal(LifecycleState.InFlight, after.Run.State);

        // The same request again, and another one by someone who looked before this one was sent.
        (_, IReadOnlyList<string> same, bool wasKnown, _) = await Resumer().SendAsync(_cluster, after, plan.Plan, "mine", CancellationToken.None);
        Assert.True(wasKnown);
        Assert.Equal(ids, same);
        HpcException late = await Assert.ThrowsAsync<HpcException>(() => Resumer().SendAsync(_cluster, record, plan.Plan, "other", CancellationToken.None));
        Assert.Contains("resumed by someone else", late.Message, StringComparison.Ordinal);
        Assert.Single(_cluster.Resumed);
    }

    [Fact]
    public async Task A_resumption_that_was_interrupted_is_finished_with_the_same_tokens_and_hides_the_run_from_nobody()
    {
        RunRecord record = await SubmitAsync(3);
        RunPlan plan = Planner(record, View(record, "cco")).Plan([Group(FailureCategory.SystemOutOfMemory, 2)]).Plan!;
        _cluster.Failure = new HpcException(ErrorCode.SshUnreachable, "cut");
        await Assert.ThrowsAsync<HpcException>(() => Resumer().SendAsync(_cluster, record, plan, null, CancellationToken.None));
        _cluster.Failure = null;
        RunRecord half = await ReadAsync(record);
        IReadOnlyList<string> tokens = half.Journal.Submissions[^1].Intent.Tokens;
        // Nothing of it is in: the task still counts as what it is.
        Assert.Equal(1, View(half, "cco").Ledger.Count(TaskState.OutOfMemory));
        Assert.True((await SubmitAgainAsync(3)).Deduplicated);
        Assert.NotNull(RunResumer.Earlier(half, null));
        (RunPlan done, _, bool known, _) = await Resumer().SendAsync(_cluster, half, plan, null, CancellationToken.None);
        Assert.False(known);
        Assert.Equal(tokens, Assert.Single(_cluster.Resumed).Tokens);
        Assert.Equal(plan.Arrays[0].Reason, done.Arrays[0].Reason);
        Assert.Null(RunResumer.Earlier(await ReadAsync(record), null));
    }

    [Fact]
    public async Task Retries_are_counted_by_cause_and_memory_goes_on_from_what_the_last_attempt_had()
    {
        RunRecord record = await SubmitAsync(2);
        for (int retry = 1; retry <= 4; retry++)
        {
            RunResumption plan = Planner(record, View(record, "co", attempt: retry)).Plan([Group(FailureCategory.SystemOutOfMemory, 1)]);
            Assert.Equal((1L << 30) << retry, plan.Groups[0].Resources.MemoryBytes);
            Assert.Equal(retry, plan.Plan!.Arrays[0].AttemptBase);
            _ = await Resumer().SendAsync(_cluster, record, plan.Plan, null, CancellationToken.None);
            record = await ReadAsync(record);
        }
        RunView last = View(record, "co", attempt: 5);
        Assert.Contains("already sent again 4 times", Assert.Single(Planner(record, last).Plan([Group(FailureCategory.SystemOutOfMemory, 1)]).Left).Reason, StringComparison.Ordinal);
        Assert.Equal(1, Planner(record, last).Plan([Group(FailureCategory.Preempted, 1)]).ResumedCount);
        Assert.Equal(1, Planner(record, last, new RetryOverrides { IsForced = true }).Plan([Group(FailureCategory.SystemOutOfMemory, 1)]).ResumedCount);
    }

    [Fact]
    public async Task A_node_with_significantly_many_failures_is_left_out_and_its_tasks_run_again_whatever_they_died_of()
    {
        RunRecord record = await SubmitAsync(12);
        RunView view = View(record, "cccccccccfff", node: id => id >= 9 ? "bad" : "good");
        FailureGroup onNode = Group(FailureCategory.FileNotFound, 9, 10, 11) with { Lifts = [Lift(null, "bad", 1e-5), Lift("x", "1", 1e-2)] };
        RunResumption plan = Planner(record, view).Plan([onNode]);
        Assert.Equal(["bad"], plan.ExcludedNodes);
        Assert.Equal(["bad"], plan.Plan!.Arrays[0].ExcludedNodes);
        Assert.Equal("3 x FileNotFound: not on bad, where significantly many failed", plan.Groups[0].ToString());
        // Where a parameter says more, the node is where such tasks happened to be; and a run is never kept off all its nodes.
        FailureGroup byValue = onNode with { Lifts = [Lift("x", "1", 1e-9), Lift(null, "bad", 1e-5)] };
        Assert.Equal((0L, 3L), (Planner(record, view).Plan([byValue]).ResumedCount, Planner(record, view).Plan([byValue]).LeftCount));
        // Left out once, it stays out: nothing runs there that could say that it is mended.
        _ = await Resumer().SendAsync(_cluster, record, plan.Plan, null, CancellationToken.None);
        RunRecord after = await ReadAsync(record);
        RunView later = View(after, "ccccccccccco", attempt: 2);
        Assert.Equal(["bad"], Planner(after, later).Plan([Group(FailureCategory.SystemOutOfMemory, 11)]).ExcludedNodes);
        RunView everywhere = View(record, "cccccccccfff", node: _ => "bad");
        Assert.Equal(0, Planner(record, everywhere).Plan([onNode]).ResumedCount);
    }

    [Fact]
    public async Task What_the_caller_says_stands_above_what_is_found()
    {
        RunRecord record = await SubmitAsync(4);
        RunView view = View(record, "cfoo");
        RetryOverrides mine = new() { TaskIds = new HashSet<long> { 1, 2 }, MemoryBytes = 5L << 30, Walltime = TimeSpan.FromHours(3), ExcludedNodes = ["n7"], IsForced = true };
        RunResumption plan = Planner(record, view, mine).Plan([Group(FailureCategory.CodeBug, 1), Group(FailureCategory.SystemOutOfMemory, 2, 3)]);
        Assert.Equal([1, 2], plan.Groups.SelectMany(g => g.TaskId));
        Assert.All(plan.Groups, g => Assert.Equal((5L << 30, TimeSpan.FromHours(3)), (g.Resources.MemoryBytes, g.Resources.Walltime)));
        Assert.Equal(["n7"], plan.ExcludedNodes);
    }

    [Fact]
    public async Task What_was_half_done_when_it_was_looked_at_is_not_sent_twice_when_somebody_else_has_finished_it()
    {
        RunRecord record = await SubmitAsync(3);
        RunPlan plan = Planner(record, View(record, "cco")).Plan([Group(FailureCategory.SystemOutOfMemory, 2)]).Plan!;
        _cluster.Failure = new HpcException(ErrorCode.SshUnreachable, "cut");
        await Assert.ThrowsAsync<HpcException>(() => Resumer().SendAsync(_cluster, record, plan, null, CancellationToken.None));
        _cluster.Failure = null;
        RunRecord half = await ReadAsync(record);
        (_, IReadOnlyList<string> first, bool known, _) = await Resumer().SendAsync(_cluster, half, plan, null, CancellationToken.None);
        Assert.False(known);
        (_, IReadOnlyList<string> second, known, _) = await Resumer().SendAsync(_cluster, half, plan, "another", CancellationToken.None);
        Assert.True(known);
        Assert.Equal(first, second);
        Assert.Single(_cluster.Resumed);
    }

    [Fact]
    public async Task A_look_while_a_resumption_is_sent_does_not_end_the_run_and_the_same_counts_after_it_are_news()
    {
        RunRecord record = await SubmitAsync(1);
        RunPlan plan = Planner(record, View(record, "o")).Plan([Group(FailureCategory.SystemOutOfMemory, 0)]).Plan!;
        RunJournal journal = Store().Journal(record.Run.RunId);
        ObservedEvent failed = new(LifecycleState.Failed, new TaskCounts { OutOfMemoryCount = 1 });
        Assert.True(await journal.ObserveAsync(failed));
        _cluster.Failure = new HpcException(ErrorCode.SshUnreachable, "cut");
        await Assert.ThrowsAsync<HpcException>(() => Resumer().SendAsync(_cluster, record, plan, null, CancellationToken.None));
        _cluster.Failure = null;
        // Somebody looks before the arrays are in.
        Assert.True(await journal.ObserveAsync(failed));
        _ = await Resumer().SendAsync(_cluster, await ReadAsync(record), plan, null, CancellationToken.None);
        Assert.Equal(LifecycleState.InFlight, (await ReadAsync(record)).Run.State);
        // It fails again before the next look.
        Assert.True(await journal.ObserveAsync(failed));
        Assert.Equal(LifecycleState.Failed, (await ReadAsync(record)).Run.State);
    }

    [Fact]
    public async Task A_gpu_that_is_too_small_is_left_until_another_is_named_and_its_tasks_stay_there()
    {
        RunRecord record = await SubmitAsync(3);
        RunView view = View(record, "cff");
        FailureGroup gpu = Group(FailureCategory.GpuOutOfMemory, 1);
        ResumeRefusal left = Assert.Single(Planner(record, view).Plan([gpu]).Left);
        Assert.Equal("more memory of the host does not help a GPU: name larger ones (constraint, gpu_type, or more gpus), or remedy", left.Reason);
        Assert.Equal(0, Planner(record, view, new RetryOverrides { MemoryBytes = 9L << 30 }).Plan([gpu]).ResumedCount);

        RetryOverrides larger = new() { Place = new RetryPlace(Constraint: "a100_80gb"), Gpus = 2 };
        RunResumption plan = Planner(record, view, larger).Plan([gpu, Group(FailureCategory.CodeBug, 2)]);
        Assert.Equal([1], Assert.Single(plan.Groups).TaskId);
        Assert.Equal((2, "as the request says; constraint a100_80gb"), (plan.Groups[0].Resources.Gpus, plan.Groups[0].Reason));
        _ = await Resumer().SendAsync(_cluster, record, plan.Plan!, null, CancellationToken.None);
        RunRecord after = await ReadAsync(record);
        PlanArray array = after.Arrays![^1].Array;
        Assert.Equal("a100_80gb", array.Options!["constraint"]);
        SiteConfig site = new() { Name = "site", Scheduler = "slurm", Origin = "here" };
        ArraySubmission asked = new ArrayRendering(site, new RemotePaths("/r", "run"), 25, new SchedulerOptions { Partition = "gpu", Constraint = "v100" }).Of(plan.Plan!, array, "token", waits: false);
        Assert.Equal(("gpu", "a100_80gb", 2), (asked.Options.Partition, asked.Options.Constraint, asked.Resources.Gpus));

        // Out of time there, it goes on there.
        RunResumption later = Planner(after, View(after, "ctf", attempt: 2)).Plan([Group(FailureCategory.Walltime, 1)]);
        Assert.Equal(("a100_80gb", 2, 2.0), (later.Plan!.Arrays[0].Options!["constraint"], later.Groups[0].Resources.Gpus, later.Groups[0].Resources.Walltime!.Value.TotalHours));
        Assert.Equal("time limit 1h -> 2h: 2 times what they had", later.Groups[0].Reason);
    }

    [Fact]
    public async Task A_policy_names_larger_gpus_and_caps_tasks_and_run()
    {
        RunRecord record = await SubmitAsync(4);
        RunView view = View(record, "cfff");
        RetryPolicy policy = Policy("""{"gpu_oom": {"gpu_type": "h100"}, "max_retries": 1, "max_run_retries": 2}""");
        RunResumption plan = new RetryPlanner(_cluster, record, view, policy, new RetryOverrides()).Plan([Group(FailureCategory.GpuOutOfMemory, 1, 2, 3)]);
        Assert.Equal([1, 2], plan.Groups[0].TaskId);
        Assert.Equal("gpu_type h100", plan.Groups[0].Reason);
        Assert.Equal((3L, "the run has had the 2 retries that its policy allows: look into the cause first"), (Assert.Single(plan.Left).TaskId[0], plan.Left[0].Reason));
        _ = await Resumer().SendAsync(_cluster, record, plan.Plan!, null, CancellationToken.None);
        RunRecord after = await ReadAsync(record);
        RunResumption second = new RetryPlanner(_cluster, after, View(after, "cttt", attempt: 2), policy, new RetryOverrides()).Plan([Group(FailureCategory.Walltime, 1)]);
        Assert.Equal("already sent again once: remedy", Assert.Single(second.Left).Reason);
    }

    private static RetryPolicy Policy(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return RetryPolicyReader.TryRead(document.RootElement)!;
    }

    private static FailureLift Lift(string? parameter, string value, double p) => new()
    {
        Parameter = parameter,
        Value = value,
        ValueText = value,
        GroupMatchCount = 3,
        GroupCount = 3,
        OtherMatchCount = 0,
        OtherCount = 9,
        OddsRatio = 100,
        PValue = p,
        UncorrectedPValue = p,
    };

    private static FailureGroup Group(FailureCategory category, params long[] ids) => new()
    {
        RunId = "r",
        Cluster = "fake",
        ExperimentPath = "/x",
        TaskCount = ids.Length,
        FailedCount = ids.Length,
        Category = category,
        Cause = "cause",
        Rule = "rule",
        Remedy = "remedy",
        Fingerprint = "f",
        TaskId = ids,
        Common = "",
        Exemplar = new FailureExemplar { TaskId = ids[0], State = TaskState.Failed },
    };

    // c complete, f failed, t timeout, o out of memory, m preempted: each of one attempt.
    private static RunView View(RunRecord record, string tasks, int attempt = 1, Func<int, string>? node = null)
    {
        RunView view = new(record, new RunLayout("/nowhere", record.Run.RunId)) { IsVerified = true };
        for (int id = 0; id < tasks.Length; id++)
        {
            TaskState state = tasks[id] switch { 'c' => TaskState.Complete, 't' => TaskState.Timeout, 'o' => TaskState.OutOfMemory, 'm' => TaskState.Preempted, _ => TaskState.Failed };
            view.Ledger.Apply(
                new TaskEvent { At = DateTimeOffset.FromUnixTimeSeconds(100), Kind = TaskEventKind.End, TaskId = id, Attempt = state == TaskState.Complete ? 1 : attempt, State = state, Elapsed = TimeSpan.FromSeconds(9) },
                node?.Invoke(id) ?? "n1");
        }
        return view;
    }

    private RetryPlanner Planner(RunRecord record, RunView view, RetryOverrides? overrides = null) => new(_cluster, record, view, new RetryPolicy(), overrides ?? new RetryOverrides());

    private RunResumer Resumer() => new(Store(), _clock, null);

    private RunStore Store() => new(new StateFolder(new StateEnvironment { JournalDirectory = _folder["state"] }), _folder["experiment"], _clock);

    private async Task<RunRecord> ReadAsync(RunRecord record) => (await Store().FindAsync(record.Run.RunId))!;

    private async Task<RunRecord> SubmitAsync(int tasks)
    {
        Run run = await SubmitAgainAsync(tasks);
        return (await Store().FindAsync(run.RunId))!;
    }

    private async Task<Run> SubmitAgainAsync(int tasks)
    {
        RunSpec spec = new()
        {
            ExperimentPath = _folder["experiment"],
            Cluster = _cluster,
            Tasks = TaskSet.FromObjects([.. Enumerable.Range(0, tasks).Cast<object>()]),
            CommandKind = CommandKind.Command,
            Command = "echo {_}",
            Name = "test",
            Plan = new PlanRequest { Resources = new ResourceRequest { MemoryBytes = 1L << 30, Walltime = TimeSpan.FromHours(1) } },
        };
        return (await new RunSubmitter(Store(), _clock).SubmitAsync(await RunDraft.CreateAsync(spec, CancellationToken.None), CancellationToken.None)).Run;
    }
}
