using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Planning;

/// <summary>
/// What a run makes on its cluster at least, by what <c>templates/runtime/node/dispatch.sh</c> writes: each task a folder with <c>metrics.json</c> and a stamp,
/// each element a memory, a log and its own output. What else tasks write is not known.
/// </summary>
/// <param name="FileCount">Files and folders.</param>
/// <param name="Bytes">The contents of files, without what file systems round them up to.</param>
internal sealed record PlanFootprint(long FileCount, long Bytes)
{
    private const int SampleCount = 100;
    private const int FilesOfRun = 16, FilesOfArray = 5, FilesOfElement = 3, FilesOfTask = 3;

    // The dispatcher; an array's script, settings and claim; stamp, events, memory and the smallest metrics of a task.
    private const int BytesOfRun = 31_000, BytesOfArray = 1_000, BytesOfTask = 220;

    /// <summary>The footprint of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="code">The code that goes along.</param>
    /// <param name="tableBytes">What the table of tasks takes; see <see cref="TableBytes"/>.</param>
    public static PlanFootprint Of(RunPlan plan, SnapshotManifest code, long tableBytes)
    {
        long elements = plan.Arrays.Sum(a => a.ElementCount);
        long shards = PlanMath.Ceiling(plan.TaskCount, Runs.RunLayout.ShardSize);
        long folders = code.Entries.Select(e => Path.GetDirectoryName(e.Path)).Distinct(StringComparer.Ordinal).Count();
        long files = FilesOfRun + (FilesOfArray * plan.Arrays.Count) + (FilesOfElement * elements) + (FilesOfTask * plan.TaskCount) + (2 * shards);
        long bytes = BytesOfRun + (BytesOfArray * (long)plan.Arrays.Count) + (BytesOfTask * plan.TaskCount);
        return new(files + code.Entries.Count + folders, bytes + code.TotalBytes + tableBytes);
    }

    /// <summary>About how many bytes the table of tasks takes, by the first of them.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="count">How many there are.</param>
    public static long TableBytes(TaskSet tasks, long count)
    {
        ByteBuffer json = new();
        long sampled = 0;
        foreach (RunTask task in tasks.Read().Take(SampleCount))
        {
            JsonEncoder.Write(json, ParameterMap.Create(task.Parameters), JsonStyle.Record);
            sampled++;
        }
        // Each value stands in the parameters and as a variable; and a line of the index.
        return sampled == 0 ? 0 : (long)(((2.0 * json.Length / sampled) + 40 + TaskTable.IndexLineBytes) * count);
    }
}
