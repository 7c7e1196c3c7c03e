using System.Globalization;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Learning;

/// <summary>Sets what tasks asked for beside what they used.</summary>
public static class EfficiencyReport
{
    private const double MemoryMargin = 1.2;
    private const double TimeMargin = 1.5;
    private const long MemoryStep = 64L << 20;

    /// <summary>Makes the report.</summary>
    /// <param name="run">The run.</param>
    /// <param name="asked">What its attempts asked for.</param>
    /// <param name="tasks">All its tasks.</param>
    public static RunEfficiency Of(Run run, AskedResources asked, IEnumerable<RunTaskStatus> tasks)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(tasks);
        Attempt[] ended = [.. tasks.Where(t => t.State.IsFinal() && t.Elapsed is not null).Select(t => new Attempt(t, asked[t.TaskId, t.Attempt]))];
        Attempt[] complete = [.. ended.Where(a => a.Task.State == TaskState.Complete)];
        TimeSpan[] times = Sorted(complete.Select(a => a.Task.Elapsed));
        Attempt[] withCpu = [.. ended.Where(a => a.Task.CpuTime is not null && a.Task.Elapsed > TimeSpan.Zero)];
        Attempt[] withMemory = [.. ended.Where(a => a.Task.PeakMemoryBytes is not null)];
        double used = withCpu.Sum(a => a.Task.CpuTime!.Value.TotalHours), allocated = withCpu.Sum(a => a.CoreHours);
        long? peak = withMemory.Max(a => a.Task.PeakMemoryBytes);
        TimeSpan? longest = times.Length > 0 ? times[^1] : null;
        ResourceRequest most = Most(ended, asked.First);
        List<string> notes = [];
        return new RunEfficiency
        {
            RunId = run.RunId,
            Cluster = run.Cluster,
            ExperimentPath = run.ExperimentPath,
            TaskCount = run.TaskCount,
            MeasuredCount = ended.Length,
            Asked = most,
            MedianElapsed = Median(times),
            LongestElapsed = longest,
            PeakMemoryBytes = peak,
            PeakMemoryCount = withMemory.Length,
            MedianQueueWait = Median(Sorted(ended.Select(a => a.Task.QueueWait))),
            AllocatedCoreHours = ended.Sum(a => a.CoreHours),
            UsedCoreHours = withCpu.Length > 0 ? used : null,
            CpuTimeCount = withCpu.Length,
            WastedCoreHours = ended.Sum(a => a.WastedCoreHours),
            CpuEfficiency = allocated > 0 ? used / allocated : null,
            MemoryEfficiency = withMemory.Max(a => a.Task.PeakMemoryBytes / (double?)a.Asked.MemoryBytes),
            WalltimeEfficiency = complete.Max(a => a.Task.Elapsed / a.Asked.Walltime),
            Suggested = most with
            {
                MemoryBytes = Memory(most, ended, peak, withMemory.Length, notes),
                Walltime = Time(most, ended, longest, times.Length, notes),
                Cpus = Cpus(most, withCpu, notes),
            },
            Notes = [.. notes, .. Again(ended, asked.First), .. Unknown(run, ended.Length, withCpu.Length)],
        };
    }

    private static ResourceRequest Most(Attempt[] ended, ResourceRequest first) => ended.Length == 0 ? first : first with
    {
        Cpus = ended.Max(a => a.Asked.Cpus),
        Gpus = ended.Max(a => a.Asked.Gpus),
        MemoryBytes = ended.Max(a => a.Asked.MemoryBytes),
        Walltime = ended.Max(a => a.Asked.Walltime),
    };

    private static long? Memory(ResourceRequest most, Attempt[] ended, long? peak, int count, List<string> notes)
    {
        if (peak is not { } bytes)
        {
            notes.Add("the memory of no task was measured");
            return most.MemoryBytes;
        }
        if (ended.Where(a => a.Task.State == TaskState.OutOfMemory).Max(a => a.Asked.MemoryBytes) is { } limit)
        {
            notes.Add("memory: twice of what was asked for, since tasks ran out of it");
            return Math.Max(limit * 2, bytes * 2);
        }
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"memory: the largest of {count} tasks and a fifth more"));
        return (long)Math.Ceiling(bytes * MemoryMargin / MemoryStep) * MemoryStep;
    }

    private static TimeSpan? Time(ResourceRequest most, Attempt[] ended, TimeSpan? longest, int count, List<string> notes)
    {
        if (ended.Where(a => a.Task.State == TaskState.Timeout).Max(a => a.Asked.Walltime) is { } limit)
        {
            notes.Add("time limit: twice of what was asked for, since tasks reached it");
            return longest * TimeMargin > limit * 2 ? longest * TimeMargin : limit * 2;
        }
        if (longest is not { } time)
        {
            notes.Add("no task has completed, so that no time limit can be told");
            return most.Walltime;
        }
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"time limit: the longest of {count} tasks that completed and half as much again, in whole minutes"));
        return TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling(time.TotalMinutes * TimeMargin)));
    }

    // Nineteen of twenty tasks kept no more busy; one that is idle half of the time still needs a processor.
    private static int Cpus(ResourceRequest most, Attempt[] withCpu, List<string> notes)
    {
        // Of a shorter task the clocks of the accounting and of the node say nothing.
        Attempt[] told = [.. withCpu.Where(a => a.Task.Elapsed >= TimeSpan.FromSeconds(1))];
        if (told.Length == 0) return most.Cpus;
        double[] busy = [.. told.Select(a => a.Task.CpuTime!.Value / a.Task.Elapsed!.Value).Order()];
        double usual = busy[Math.Max(0, (int)Math.Ceiling(0.95 * busy.Length) - 1)];
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"processors: as many as nineteen of twenty tasks kept busy on average ({usual:0.0#} of {most.Cpus})"));
        // A tenth above a whole number is measurement.
        return (int)Math.Clamp(Math.Ceiling(usual - 0.1), 1, int.MaxValue);
    }

    private static IEnumerable<string> Again(Attempt[] ended, ResourceRequest first)
    {
        int again = ended.Count(a => a.Asked != first);
        if (again > 0) yield return string.Create(CultureInfo.InvariantCulture, $"{again} {(again == 1 ? "task was" : "tasks were")} sent again and asked for more or less than the others; what the attempts before took is not counted");
    }

    private static IEnumerable<string> Unknown(Run run, int measured, int withCpu)
    {
        if (measured < run.TaskCount) yield return string.Create(CultureInfo.InvariantCulture, $"{run.TaskCount - measured} of {run.TaskCount} tasks have not ended, or their time is not known");
        if (withCpu < measured)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the processor time of {measured - withCpu} tasks is not known: only the accounting of a cluster has it, and only of elements that ran one task");
        }
    }

    private static TimeSpan[] Sorted(IEnumerable<TimeSpan?> times) => [.. times.OfType<TimeSpan>().Order()];

    private static TimeSpan? Median(TimeSpan[] sorted) => sorted.Length == 0 ? null : sorted[(sorted.Length - 1) / 2];

    // The attempt of a task that counts, with what it asked for.
    private sealed record Attempt(RunTaskStatus Task, ResourceRequest Asked)
    {
        public double CoreHours => Asked.Cpus * Task.Elapsed!.Value.TotalHours;

        public double WastedCoreHours => Task.State != TaskState.Complete ? CoreHours : Task.CpuTime is { } cpu ? Math.Max(0, CoreHours - cpu.TotalHours) : 0;
    }
}
