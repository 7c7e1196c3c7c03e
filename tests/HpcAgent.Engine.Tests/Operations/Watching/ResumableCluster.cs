using System.Collections.Concurrent;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>A cluster whose arrays run by a simulated clock, all tasks of an array at once, and whose runs can be resumed. As a real one, it is asked only for the arrays that the view knows.</summary>
internal sealed class ResumableCluster(TimeProvider clock) : ICluster
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _sentAt = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ResumePackage> _resumed = new();

    public string Name => "fake";

    public string Scheduler => "fake";

    /// <summary>How an attempt of a task ends, and after how many minutes.</summary>
    public required Func<long, int, (TaskState State, double Minutes)> Attempt { get; init; }

    /// <summary>What stands in the way of the n-th resumption, from 0.</summary>
    public Func<int, HpcException?> Failure { get; init; } = _ => null;

    public IReadOnlyCollection<ResumePackage> Resumed => _resumed;

    private int _tries = -1;

    public Task<Wire> ObserveAsync(IReadOnlyList<RunView> views, ResultSelection? results, CancellationToken cancellationToken)
    {
        foreach (RunView view in views) Observe(view);
        return Task.FromResult(new Wire());
    }

    private void Observe(RunView view)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (view.IsVerified, view.IsQueued) = (true, false);
        foreach ((string job, PlanArray array) in view.Arrays!.Select(a => (a.JobId, a.Array)))
        {
            DateTimeOffset start = _sentAt.GetValueOrDefault(job, view.Run.SubmittedAt);
            foreach (TaskIdRange range in array.TaskIds ?? [new TaskIdRange(0, view.Run.TaskCount)])
            {
                for (long id = range.First; id < range.First + range.Count; id++)
                {
                    (TaskState state, double minutes) = Attempt(id, array.AttemptBase + 1);
                    DateTimeOffset end = start + TimeSpan.FromMinutes(minutes);
                    view.IsQueued |= end > now;
                    view.Ledger.Apply(new TaskEvent { Kind = TaskEventKind.Start, TaskId = id, Attempt = array.AttemptBase + 1, At = start }, "n");
                    if (end <= now) view.Ledger.Apply(new TaskEvent { Kind = TaskEventKind.End, TaskId = id, Attempt = array.AttemptBase + 1, At = end, Elapsed = end - start, State = state }, "n");
                }
            }
        }
    }

    public async Task<Wire> ResumeAsync(ResumePackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        if (Failure(Interlocked.Increment(ref _tries)) is { } failure) throw failure;
        _resumed.Enqueue(package);
        for (int i = 0; i < package.Tokens.Count; i++)
        {
            _sentAt[$"job-{package.Tokens[i]}"] = clock.GetUtcNow();
            await accepted(i, $"job-{package.Tokens[i]}");
        }
        return new Wire { ExecutionCount = 1 };
    }

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

    public ResourceRequest Largest(SchedulerOptions options) => new();

    public string DefaultRemotePath(string experimentPath) => experimentPath;

    public ClusterInfo Describe() => new() { Name = Name, Scheduler = Scheduler };

    public Task<Wire> SubmitAsync(RunPackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> FindMissingAsync(Run run, IReadOnlyList<string> paths, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StopAsync(Run run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<TaskLog>> ReadLogsAsync(Run run, IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReducerResult> ReduceAsync(Run run, ReducerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ClusterCheckup> CheckAsync(bool withJob, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken) => throw new NotSupportedException();
}
