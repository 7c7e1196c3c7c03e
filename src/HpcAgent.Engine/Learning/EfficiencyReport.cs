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
    /// <param name="asked">What each task asked for.</param>
    /// <param name="tasks">All its tasks.</param>
    public static RunEfficiency Of(Run run, ResourceRequest asked, IEnumerable<RunTaskStatus> tasks)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(tasks);
        RunTaskStatus[] ended = [.. tasks.Where(t => t.State.IsFinal() && t.Elapsed is not null)];
        TimeSpan[] times = Sorted(ended.Where(t => t.State == TaskState.Complete).Select(t => t.Elapsed));
        TimeSpan[] waits = Sorted(ended.Select(t => t.QueueWait));
        RunTaskStatus[] withCpu = [.. ended.Where(t => t.CpuTime is not null && t.Elapsed > TimeSpan.Zero)];
        RunTaskStatus[] withMemory = [.. ended.Where(t => t.PeakMemoryBytes is not null)];
        double used = withCpu.Sum(t => t.CpuTime!.Value.TotalHours), allocated = withCpu.Sum(t => CoreHours(t, asked));
        long? peak = withMemory.Max(t => t.PeakMemoryBytes);
        TimeSpan? longest = times.Length > 0 ? times[^1] : null;
        List<string> notes = [];
        return new RunEfficiency
        {
            RunId = run.RunId,
            Cluster = run.Cluster,
            ExperimentPath = run.ExperimentPath,
            TaskCount = run.TaskCount,
            MeasuredCount = ended.Length,
            Asked = asked,
            MedianElapsed = Median(times),
            LongestElapsed = longest,
            PeakMemoryBytes = peak,
            PeakMemoryCount = withMemory.Length,
            MedianQueueWait = Median(waits),
            AllocatedCoreHours = ended.Sum(t => CoreHours(t, asked)),
            UsedCoreHours = withCpu.Length > 0 ? used : null,
            CpuTimeCount = withCpu.Length,
            WastedCoreHours = ended.Sum(t => Wasted(t, asked)),
            CpuEfficiency = allocated > 0 ? used / allocated : null,
            MemoryEfficiency = peak / (double?)asked.MemoryBytes,
            WalltimeEfficiency = longest / asked.Walltime,
            Suggested = asked with
            {
                MemoryBytes = Memory(asked, ended, peak, withMemory.Length, notes),
                Walltime = Time(asked, ended, longest, times.Length, notes),
                Cpus = Cpus(asked, withCpu, notes),
            },
            Notes = [.. notes, .. Unknown(run, ended.Length, withCpu.Length)],
        };
    }

    private static double CoreHours(RunTaskStatus task, ResourceRequest asked) => asked.Cpus * task.Elapsed!.Value.TotalHours;

    private static double Wasted(RunTaskStatus task, ResourceRequest asked)
    {
        if (task.State != TaskState.Complete) return CoreHours(task, asked);
        return task.CpuTime is { } cpu ? Math.Max(0, CoreHours(task, asked) - cpu.TotalHours) : 0;
    }

    private static long? Memory(ResourceRequest asked, RunTaskStatus[] ended, long? peak, int count, List<string> notes)
    {
        if (peak is not { } bytes)
        {
            notes.Add("the memory of no task was measured");
            return asked.MemoryBytes;
        }
        if (asked.MemoryBytes is { } limit && ended.Any(t => t.State == TaskState.OutOfMemory))
        {
            notes.Add("memory: twice of what was asked for, since tasks ran out of it");
            return Math.Max(limit * 2, bytes * 2);
        }
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"memory: the largest of {count} tasks and a fifth more"));
        return (long)Math.Ceiling(bytes * MemoryMargin / MemoryStep) * MemoryStep;
    }

    private static TimeSpan? Time(ResourceRequest asked, RunTaskStatus[] ended, TimeSpan? longest, int count, List<string> notes)
    {
        if (asked.Walltime is { } limit && ended.Any(t => t.State == TaskState.Timeout))
        {
            notes.Add("time limit: twice of what was asked for, since tasks reached it");
            return limit * 2;
        }
        if (longest is not { } time)
        {
            notes.Add("no task has completed, so that no time limit can be told");
            return asked.Walltime;
        }
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"time limit: the longest of {count} tasks that completed and half as much again, in whole minutes"));
        return TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling(time.TotalMinutes * TimeMargin)));
    }

    // Nineteen of twenty tasks kept no more busy; one that is idle half of the time still needs a processor.
    private static int Cpus(ResourceRequest asked, RunTaskStatus[] withCpu, List<string> notes)
    {
        if (withCpu.Length == 0) return asked.Cpus;
        double[] busy = [.. withCpu.Select(t => t.CpuTime!.Value / t.Elapsed!.Value).Order()];
        double usual = busy[Math.Max(0, (int)Math.Ceiling(0.95 * busy.Length) - 1)];
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"processors: as many as nineteen of twenty tasks kept busy on average ({usual:0.0#} of {asked.Cpus})"));
        // A tenth above a whole number is measurement.
        return (int)Math.Clamp(Math.Ceiling(usual - 0.1), 1, int.MaxValue);
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
}
