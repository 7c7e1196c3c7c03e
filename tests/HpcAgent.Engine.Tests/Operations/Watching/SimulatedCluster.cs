using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>A cluster that runs tasks by a simulated clock: so many at once, each as long as it is told, after a wait in the queue.</summary>
internal sealed class SimulatedCluster(TimeProvider clock, QueryBudget? budget) : ICluster
{
    private readonly List<DateTimeOffset> _looks = [];

    public string Name => "fake";

    public string Scheduler => "fake";

    public QueryBudget? Budget => budget;

    public int AtOnce { get; init; } = 1;

    public TimeSpan QueueWait { get; init; }

    /// <summary>How long a task takes, and whether it fails.</summary>
    public Func<long, (TimeSpan Takes, bool Fails)> Task { get; init; } = _ => (TimeSpan.FromMinutes(1), false);

    /// <summary>The look, from 0, that fails, and how.</summary>
    public Func<int, HpcException?> Failure { get; init; } = _ => null;

    /// <summary>When it was looked at; each look is one question.</summary>
    public IReadOnlyList<DateTimeOffset> Looks
    {
        get
        {
            lock (_looks) return [.. _looks];
        }
    }

    public int RunsSeen { get; private set; }

    public Task<Wire> ObserveAsync(IReadOnlyList<RunView> views, ResultSelection? results, CancellationToken cancellationToken)
    {
        int look;
        lock (_looks)
        {
            look = _looks.Count;
            _looks.Add(clock.GetUtcNow());
            RunsSeen += views.Count;
        }
        if (Failure(look) is { } failure) throw failure;
        foreach (RunView view in views) Observe(view);
        return System.Threading.Tasks.Task.FromResult(new Wire { ConnectionCount = 1, ExecutionCount = 1, SchedulerQueryCount = 1 });
    }

    private void Observe(RunView view)
    {
        DateTimeOffset now = clock.GetUtcNow();
        PriorityQueue<int, DateTimeOffset> slots = new();
        for (int i = 0; i < AtOnce; i++) slots.Enqueue(i, view.Run.SubmittedAt + QueueWait);
        for (long id = 0; id < view.Run.TaskCount; id++)
        {
            _ = slots.TryDequeue(out int slot, out DateTimeOffset start);
            (TimeSpan takes, bool fails) = Task(id);
            slots.Enqueue(slot, start + takes);
            if (start <= now) view.Ledger.Apply(new TaskEvent { Kind = TaskEventKind.Start, TaskId = id, Attempt = 1, At = start }, "n");
            if (start + takes > now) continue;
            TaskState state = fails ? TaskState.Failed : TaskState.Complete;
            view.Ledger.Apply(
                new TaskEvent { Kind = TaskEventKind.End, TaskId = id, Attempt = 1, At = start + takes, Elapsed = takes, State = state, ExitCode = fails ? 3 : 0 }, "n");
        }
        view.IsVerified = true;
        view.IsQueued = view.Ledger.Count(TaskState.Pending) + view.Ledger.Count(TaskState.Running) > 0;
    }

    public string DefaultRemotePath(string experimentPath) => experimentPath;

    public RunPlan Plan(long taskCount, PlanRequest request) => throw new NotSupportedException();

    public Task<Wire> SubmitAsync(RunPackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Wire> ResumeAsync(ResumePackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<string>> FindMissingAsync(Run run, IReadOnlyList<string> paths, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ResourceRequest Largest(HpcAgent.Engine.Schedulers.SchedulerOptions options) => throw new NotSupportedException();

    public Task StopAsync(Run run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<TaskLog>> ReadLogsAsync(Run run, IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ReducerResult> ReduceAsync(Run run, ReducerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ClusterCheckup> CheckAsync(bool withJob, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ClusterInfo Describe() => new() { Name = Name, Scheduler = Scheduler };

    public Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken) => throw new NotSupportedException();
}
