using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Submission;

/// <summary>A cluster that notes what it is sent and shows the tasks in the state that a test puts them in.</summary>
internal sealed class FakeCluster : ICluster
{
    public string Name => "fake";

    public string Scheduler => "fake";

    public List<RunPackage> Sent { get; } = [];

    public Dictionary<string, TaskState> States { get; } = new(StringComparer.Ordinal);

    public Exception? Failure { get; set; }

    /// <summary>What it says of its room, each time that it is asked anew; the last one stays.</summary>
    public List<KnownRoom> Rooms { get; } = [];

    public int PreparationCount { get; private set; }

    public KnownRoom? FindRoom(string remotePath) => Rooms.Count == 0 ? null : Rooms[Math.Min(PreparationCount, Rooms.Count - 1)];

    public Task PrepareAsync(bool isFresh, CancellationToken cancellationToken)
    {
        PreparationCount++;
        return Task.CompletedTask;
    }

    public string DefaultRemotePath(string experimentPath) => experimentPath;

    public RunPlan Plan(long taskCount, PlanRequest request) => new()
    {
        Cluster = Name,
        TaskCount = taskCount,
        TasksPerElement = 1,
        MaxConcurrentCount = 1,
        Arrays = [new PlanArray(0, 0, taskCount, taskCount, 0)],
        Resources = request.Resources,
        Strategy = "1 array",
    };

    public Task<IReadOnlyList<string>> FindMissingAsync(Run run, IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ReducerResult> ReduceAsync(Run run, ReducerRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task<Wire> SubmitAsync(RunPackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Sent.Add(package);
        await accepted(0, $"job-{package.Tokens[0]}");
        return new Wire { ExecutionCount = 1 };
    }

    public ResourceRequest Largest(SchedulerOptions options) => new() { MemoryBytes = 64L << 30, Walltime = TimeSpan.FromHours(48) };

    public List<ResumePackage> Resumed { get; } = [];

    public async Task<Wire> ResumeAsync(ResumePackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        if (Failure is not null) throw Failure;
        Resumed.Add(package);
        for (int i = 0; i < package.Tokens.Count; i++) await accepted(i, $"job-{package.Tokens[i]}");
        return new Wire { ExecutionCount = 1 };
    }

    public Task<Wire> ObserveAsync(IReadOnlyList<RunView> views, ResultSelection? results, CancellationToken cancellationToken)
    {
        foreach (RunView view in views) Observe(view);
        return Task.FromResult(new Wire());
    }

    private void Observe(RunView view)
    {
        TaskState state = States.GetValueOrDefault(view.Run.RunId, TaskState.Running);
        view.IsVerified = true;
        view.IsQueued = state == TaskState.Running;
        if (state == TaskState.Cancelled)
            view.Ledger.Apply(new TaskEvent { Kind = TaskEventKind.Note, TaskId = -1, Text = TaskLedger.StoppedNote + "on request" }, "n");
        else if (state != TaskState.Running)
            for (long id = 0; id < view.Run.TaskCount; id++)
                view.Ledger.Apply(new TaskEvent { Kind = TaskEventKind.End, TaskId = id, Attempt = 1, State = state }, "n");
    }

    public Task StopAsync(Run run, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<TaskLog>> ReadLogsAsync(Run run, IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TaskLog>>([]);

    public ClusterInfo Describe() => new() { Name = Name, Scheduler = Scheduler };

    public Task<ClusterCheckup> CheckAsync(bool withJob, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken) => throw new NotSupportedException();
}
