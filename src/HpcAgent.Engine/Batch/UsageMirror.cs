using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// What the accounting says that the tasks of a run used. Each array is asked for once after its end, some times more if the accounting does not know
/// it yet, and the answer is kept beside the events, as a line for each element: number, bytes, milliseconds of processors, seconds of waiting,
/// node; unknown is empty.
/// </summary>
/// <param name="view">The run.</param>
/// <param name="arrays">Its arrays that the scheduler has taken.</param>
/// <param name="now">The time of the look.</param>
internal sealed class UsageMirror(RunView view, IReadOnlyList<SchedulerArray> arrays, DateTimeOffset now)
{
    /// <summary>How often an array is asked for. An accounting that is off, or has forgotten it, does not change its mind.</summary>
    private const int MaxTries = 3;

    /// <summary>Grid Engine writes its accounting every quarter of a minute: several looks within a minute count as one.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    /// <summary>How many elements are asked for in one look beside what it needs anyway: some megabytes.</summary>
    private const long MaxElements = 20_000;

    private string Folder => Path.Combine(view.Layout.Root, "usage");

    /// <summary>Takes in what was asked before.</summary>
    public void Load()
    {
        if (!Directory.Exists(Folder)) return;
        foreach ((string id, PlanArray array) in arrays)
        {
            if (view.ArraysWithUsage.Contains(id) || !File.Exists(FileOf(id))) continue;
            ArrayTasks tasks = new(array);
            foreach (string line in File.ReadLines(FileOf(id), Encoding.UTF8))
            {
                if (TryRead(line, out long element, out TaskUsage usage)) Apply(tasks, element, usage);
            }
            view.ArraysWithUsage.Add(id);
        }
    }

    /// <summary>The ids of arrays that have ended and of which nothing is known, as many as one look may ask for.</summary>
    public IReadOnlyList<string> Unknown()
    {
        List<string> ids = [];
        long elements = 0;
        foreach ((string id, PlanArray array) in arrays)
        {
            if (!IsWanted(id, array)) continue;
            elements += array.ElementCount;
            if (elements > MaxElements && ids.Count > 0) break;
            ids.Add(id);
        }
        return ids;
    }

    /// <summary>Takes in what the accounting said.</summary>
    /// <param name="records">Its records; null if it did not answer.</param>
    /// <param name="asked">The arrays that were asked for by <see cref="Unknown"/>.</param>
    public void Take(IReadOnlyList<AccountingEntry>? records, IReadOnlyList<string> asked)
    {
        if (records is null && asked.Count == 0) return;
        ILookup<string, AccountingEntry> byJob = (records ?? []).Where(IsEnd).ToLookup(r => r.JobId, StringComparer.Ordinal);
        foreach ((string id, PlanArray array) in arrays)
        {
            if (!IsWanted(id, array)) continue;
            bool isWhole = byJob[id].LongCount() >= StartedElements(array);
            if (!isWhole && (!asked.Contains(id, StringComparer.Ordinal) || !IsLastTry(id))) continue;
            Write(id, array, byJob[id]);
        }
    }

    private static bool IsEnd(AccountingEntry record) =>
        record.Element > 0 && record.LastElement == record.Element && (record.State == TaskState.Complete || record.State.IsUnsuccessful());

    private bool IsWanted(string id, PlanArray array) => !view.ArraysWithUsage.Contains(id) && HasEnded(new ArrayTasks(array));

    private bool HasEnded(ArrayTasks tasks)
    {
        for (long at = 0; at < tasks.Array.TaskCount; at++)
            if (!view.Ledger.IsSettledFor(tasks[at], tasks.Array.AttemptBase)) return false;
        return true;
    }

    private long StartedElements(PlanArray array)
    {
        ArrayTasks tasks = new(array);
        long count = 0;
        for (long element = 1; element <= array.ElementCount; element++)
            if (view.Ledger.Attempt(tasks[tasks.Of(element).First]) > array.AttemptBase) count++;
        return count;
    }

    private bool IsLastTry(string id)
    {
        FileInfo tries = new(Path.ChangeExtension(FileOf(id), ".tries"));
        if (tries.Exists && now.UtcDateTime - tries.LastWriteTimeUtc < s_pause) return false;
        _ = Directory.CreateDirectory(Folder);
        // Its length is how often, its time when.
        File.AppendAllText(tries.FullName, ".");
        File.SetLastWriteTimeUtc(tries.FullName, now.UtcDateTime);
        tries.Refresh();
        return tries.Length >= MaxTries;
    }

    private void Write(string id, PlanArray array, IEnumerable<AccountingEntry> records)
    {
        StringBuilder text = new();
        ArrayTasks tasks = new(array);
        foreach (AccountingEntry record in records)
        {
            TaskUsage usage = UsageOf(tasks, record);
            Apply(tasks, record.Element, usage);
            _ = text.Append(CultureInfo.InvariantCulture, $"{record.Element},{usage.PeakMemoryBytes},{usage.CpuTime?.TotalMilliseconds:0},{usage.QueueWait?.TotalSeconds:0},{usage.Node}\n");
        }
        _ = Directory.CreateDirectory(Folder);
        // Renamed into place, so that half of it is never taken for all.
        string temporary = FileOf(id) + "." + Guid.NewGuid().ToString("N");
        File.WriteAllText(temporary, text.ToString());
        File.Move(temporary, FileOf(id), overwrite: true);
        view.ArraysWithUsage.Add(id);
    }

    // What an element used is a task's only where it ran no other, and where it is the attempt that ran it: one that was started again finds the task
    // complete and ends at once.
    private TaskUsage UsageOf(ArrayTasks tasks, AccountingEntry record)
    {
        (long first, long end) = tasks.Of(record.Element);
        bool isOwn = end - first == 1 && !(view.Ledger.ToStatus("", tasks[first], default).Elapsed > record.Elapsed + TimeSpan.FromSeconds(5));
        return isOwn
            ? new TaskUsage(record.PeakMemoryBytes, record.CpuTime, record.QueueWait, record.Node)
            : new TaskUsage(null, null, record.QueueWait, null);
    }

    private void Apply(ArrayTasks tasks, long element, in TaskUsage usage)
    {
        (long first, long end) = tasks.Of(element);
        for (long at = first; at < end; at++)
        {
            long id = tasks[at];
            if (!view.Ledger.IsSubmittedAfter(id, tasks.Array.AttemptBase)) view.Ledger.Usage.Set(id, view.Ledger.Attempt(id), usage);
        }
    }

    private static bool TryRead(string line, out long element, out TaskUsage usage)
    {
        string[] fields = line.Split(',', 5);
        usage = default;
        if (fields.Length < 5 || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out element))
        {
            element = 0;
            return false;
        }
        usage = new TaskUsage(
            Number(fields[1]),
            Number(fields[2]) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            Number(fields[3]) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            fields[4].Length > 0 ? fields[4] : null);
        return true;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < 1L << 52 ? number : null;

    private string FileOf(string id) => Path.Combine(Folder, id + ".csv");
}
