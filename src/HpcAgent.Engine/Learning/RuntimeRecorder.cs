using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Learning;

/// <summary>Notes in passing, at each look at a run, what the attempts that have ended since took.</summary>
internal static class RuntimeRecorder
{
    /// <summary>Of a larger run so many tasks are noted, spread over all of it.</summary>
    public const int MaxTasksOfRun = 1000;

    /// <summary>Notes what is new. It is of no weight for the look itself: where it cannot be noted, a warning says so.</summary>
    /// <param name="view">The run after a look.</param>
    /// <param name="repository">The state of its experiment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A warning, or null.</returns>
    public static async Task<string?> RecordAsync(RunView view, RepositoryFolder repository, CancellationToken cancellationToken)
    {
        List<RunTaskStatus> ended = [.. TaskIds(view.Run.TaskCount).Where(id => IsNew(view, id)).Select(id => view.Ledger.ToStatus(view.Run.RunId, id, default)).Where(t => t.Elapsed is not null)];
        if (ended.Count == 0) return null;
        try
        {
            AskedResources asked = new(view.Plan, view.Arrays);
            string command = RuntimeSample.CommandOf(view.Run.Command);
            _ = await new RuntimeSamples(repository, view.Run.Cluster).AddAsync([.. ended.Select(task => Sample(view.Run, task, command, asked[task.TaskId, task.Attempt]))], cancellationToken);
            foreach (RunTaskStatus task in ended) view.Recorded[task.TaskId] = (task.Attempt, KnownCount(task));
            return null;
        }
        catch (HpcException e)
        {
            return $"what tasks took could not be noted for later plans: {e.Message}";
        }
    }

    /// <summary>The tasks that are noted: one of each stretch, at a place within it that is no multiple of anything, so that no axis is preferred.</summary>
    public static IEnumerable<long> TaskIds(long taskCount)
    {
        long stretch = (taskCount + MaxTasksOfRun - 1) / MaxTasksOfRun;
        for (long first = 0; first < taskCount; first += stretch)
        {
            long id = first + (long)(((ulong)first * 0x9E3779B97F4A7C15 >> 32) % (ulong)stretch);
            if (id < taskCount) yield return id;
        }
    }

    private static bool IsNew(RunView view, long id)
    {
        if (!view.Ledger[id].IsFinal() || view.Ledger.Attempt(id) == 0) return false;
        return !view.Recorded.TryGetValue(id, out (int Attempt, int KnownCount) noted)
            || noted.Attempt != view.Ledger.Attempt(id) || KnownCount(view.Ledger.ToStatus("", id, default)) > noted.KnownCount;
    }

    private static int KnownCount(RunTaskStatus task) => (task.PeakMemoryBytes is null ? 0 : 1) + (task.CpuTime is null ? 0 : 1) + (task.QueueWait is null ? 0 : 1);

    private static RuntimeSample Sample(Run run, RunTaskStatus task, string command, ResourceRequest asked) => new()
    {
        RunId = run.RunId,
        TaskId = task.TaskId,
        Attempt = task.Attempt,
        State = task.State,
        Command = command,
        CmdSha = run.CmdSha,
        Node = task.Node,
        StartedAt = task.StartedAt,
        Elapsed = task.Elapsed ?? TimeSpan.Zero,
        ExitCode = task.ExitCode,
        PeakMemoryBytes = task.PeakMemoryBytes,
        CpuTime = task.CpuTime,
        QueueWait = task.QueueWait,
        CpusAsked = asked.Cpus,
        MemoryAskedBytes = asked.MemoryBytes,
        WalltimeAsked = asked.Walltime,
    };
}
