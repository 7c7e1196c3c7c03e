using HpcAgent.Engine.Operations.Canary;

namespace HpcAgent.Engine.Tests.Operations.Canary;

public sealed class CanaryJudgeTests
{
    private const string Python = "loading\nTraceback (most recent call last):\n  File \"train.py\", line 3\n";

    [Theory]
    [InlineData(1, null, Python + "ModuleNotFoundError: No module named 'torch'\n", CanaryFailureKind.ModuleNotFound, "No module named 'torch'")]
    [InlineData(1, null, Python + "ImportError: cannot import name 'x'\n", CanaryFailureKind.ImportError, "cannot import name 'x'")]
    [InlineData(1, null, Python + "KeyError: 'lr'\n", CanaryFailureKind.Traceback, "KeyError: 'lr'")]
    [InlineData(1, null, "CUDA out of memory. Tried to allocate\n", CanaryFailureKind.OomKilled, "CUDA out of memory")]
    [InlineData(1, null, "[dispatch] FAILED (exit 1)\n", CanaryFailureKind.DispatcherFailed, "[dispatch] FAILED")]
    [InlineData(139, null, "", CanaryFailureKind.Segfault, "exit code 139")]
    [InlineData(null, 11, Python, CanaryFailureKind.Segfault, "signal 11")]
    [InlineData(127, null, "sh: pyhton3: not found\n", CanaryFailureKind.CommandNotFound, "pyhton3: not found")]
    [InlineData(126, null, "sh: t.sh: Permission denied\n", CanaryFailureKind.CommandNotFound, "Permission denied")]
    [InlineData(null, 9, "half way\n", CanaryFailureKind.CommandFailed, "often for memory")]
    [InlineData(null, 9, "slurmstepd: error: Detected 1 oom_kill event\n", CanaryFailureKind.OomKilled, "oom_kill")]
    [InlineData(4, null, "no data\n\n", CanaryFailureKind.CommandFailed, "saying: no data")]
    [InlineData(4, null, "", CanaryFailureKind.CommandFailed, "exit code 4 without a word")]
    public void A_failure_is_named_by_its_exit_first_and_explained_by_its_log(int? exit, int? signal, string log, CanaryFailureKind kind, string says)
    {
        (CanaryFailureKind found, string details, _) = CanaryJudge.Judge(Evidence(TaskState.Failed, log) with { Task = Task(TaskState.Failed) with { ExitCode = exit, Signal = signal } });
        Assert.Equal(kind, found);
        Assert.Contains(says, details, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TaskState.OutOfMemory, CanaryFailureKind.OomKilled)]
    [InlineData(TaskState.Timeout, CanaryFailureKind.TimeLimit)]
    [InlineData(TaskState.NodeFailure, CanaryFailureKind.NodeFailure)]
    [InlineData(TaskState.Lost, CanaryFailureKind.NodeFailure)]
    [InlineData(TaskState.Preempted, CanaryFailureKind.Preempted)]
    [InlineData(TaskState.Cancelled, CanaryFailureKind.Abandoned)]
    public void What_the_scheduler_says_stands_above_the_text_of_the_log(TaskState state, CanaryFailureKind kind) =>
        Assert.Equal(kind, CanaryJudge.Judge(Evidence(state, Python + "ImportError: x")).Kind);

    [Fact]
    public void A_task_that_never_started_is_the_fault_of_what_starts_tasks() =>
        Assert.Equal(CanaryFailureKind.DispatcherFailed, CanaryJudge.Judge(Evidence(TaskState.Failed) with { Task = Task(TaskState.Failed) with { Attempt = 0, ExitCode = 1 } }).Kind);

    [Theory]
    [InlineData(TaskState.Pending)]
    [InlineData(TaskState.Running)]
    [InlineData(TaskState.Unknown)]
    public void Nothing_is_concluded_where_nothing_says_how_it_ended(TaskState state)
    {
        Assert.Equal(CanaryFailureKind.UnableToVerify, CanaryJudge.Judge(Evidence(state, Python) with { State = LifecycleState.UnableToVerify }).Kind);
        Assert.Equal(CanaryFailureKind.Timeout, CanaryJudge.Judge(Evidence(state, Python) with { State = LifecycleState.Timeout }).Kind);
    }

    [Fact]
    public void A_success_stays_one_whatever_its_log_says_and_what_is_odd_is_a_warning()
    {
        (CanaryFailureKind kind, string details, IReadOnlyList<string> warnings) = CanaryJudge.Judge(Evidence(TaskState.Complete, "retrying after\n" + Python + "OSError: busy\n"));
        Assert.Equal((CanaryFailureKind.None, "its task succeeded after 1.5s on n1 with 3M at its peak"), (kind, details));
        Assert.Equal(2, warnings.Count);
        Assert.Contains("metrics.json", warnings[0], StringComparison.Ordinal);
        Assert.Contains("OSError: busy", warnings[1], StringComparison.Ordinal);
        Assert.Empty(CanaryJudge.Judge(Evidence(TaskState.Complete) with { HasMetrics = true }).Warnings);
    }

    [Fact]
    public void A_success_without_a_file_that_it_must_leave_is_none()
    {
        (CanaryFailureKind kind, string details, _) = CanaryJudge.Judge(Evidence(TaskState.Complete) with { MissingOutputs = ["model.pt", "/data/x"] });
        Assert.Equal(CanaryFailureKind.MissingOutput, kind);
        Assert.Contains("model.pt, /data/x", details, StringComparison.Ordinal);
    }

    private static CanaryEvidence Evidence(TaskState state, string log = "") => new()
    {
        Task = Task(state),
        State = state == TaskState.Complete ? LifecycleState.Complete : LifecycleState.Failed,
        Log = log,
    };

    private static RunTaskStatus Task(TaskState state) => new()
    {
        RunId = "r-canary",
        TaskId = 0,
        State = state,
        Attempt = 1,
        Node = "n1",
        Elapsed = TimeSpan.FromSeconds(1.5),
        PeakMemoryBytes = 3 << 20,
    };
}
