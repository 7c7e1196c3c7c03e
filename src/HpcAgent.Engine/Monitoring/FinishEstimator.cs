using System.Globalization;

namespace HpcAgent.Engine.Monitoring;

/// <summary>
/// Says when a run should end, from how long its tasks took and how many ran at once. It knows nothing of the queue of a site: it holds if the
/// run goes on as it did.
/// </summary>
/// <remarks>
/// With tasks waiting, the work that is left (their number times the mean, and what the running ones still lack) is shared among as many as run at
/// once. The interval takes twice the standard error of the mean, twice the spread of the sum, and both the number that runs now and the
/// average so far. With none waiting the slowest of the running ones decides: between the tenth percentile and the one that so many should not
/// exceed, and one that has run longer than that may take as long again.
/// </remarks>
internal static class FinishEstimator
{
    private const int SampleSize = 10_000;
    private const int FewTasks = 5;

    /// <summary>What is known of the end of a run.</summary>
    /// <param name="Earliest">From now, at the earliest.</param>
    /// <param name="Middle">From now, most likely.</param>
    /// <param name="Latest">From now, at the latest.</param>
    /// <param name="Basis">What it rests on.</param>
    public sealed record Forecast(TimeSpan Earliest, TimeSpan Middle, TimeSpan Latest, string Basis)
    {
        /// <summary>As times of day.</summary>
        public FinishEstimate At(DateTimeOffset now) => new() { Earliest = now + Earliest, Latest = now + Latest, Basis = Basis };
    }

    /// <summary>Estimates the end.</summary>
    /// <param name="ledger">The states of the tasks.</param>
    /// <param name="now">The time.</param>
    /// <returns>The estimate, or null if nothing can be said: no task has ended, nothing is left, or tasks are held.</returns>
    public static Forecast? Estimate(TaskLedger ledger, DateTimeOffset now)
    {
        long waiting = ledger.Count(TaskState.Pending);
        long running = ledger.Count(TaskState.Running);
        if (waiting + running == 0 || ledger.Count(TaskState.Held) > 0 || ledger.FirstStartAt is not { } start) return null;
        (double[] took, long ended) = Ended(ledger);
        if (ended == 0) return null;
        double[] ages = Ages(ledger, now);
        double mean = Math.Max(took.Average(), 0.001);
        double spread = took.Length == 1 ? mean / 2 : Math.Sqrt(took.Sum(t => (t - mean) * (t - mean)) / (took.Length - 1));
        double wall = Math.Max((now - start).TotalSeconds, 0.001);
        double average = Math.Max(1, ((mean * ended) + ages.Sum()) / wall);
        Span all = waiting > 0
            ? OfWaiting(waiting, ages, mean, spread, took, running == 0 ? (average, average) : (Math.Min(running, average), Math.Max(running, average)))
            : OfRunning(ages, mean, spread, took);
        double earliest = Math.Max(0, all.Earliest);
        double latest = Math.Max(all.Latest, earliest + 1);
        long atOnce = running > 0 ? running : (long)Math.Round(average);
        string basis = string.Create(CultureInfo.InvariantCulture, $"from {ended} ended {(ended == 1 ? "task" : "tasks")}, {atOnce} at once");
        return new Forecast(Seconds(earliest), Seconds(Math.Clamp(all.Middle, earliest, latest)), Seconds(latest), basis);
    }

    private static Span OfWaiting(long waiting, double[] ages, double mean, double spread, double[] took, (double Least, double Most) atOnce)
    {
        double error = 2 * spread / Math.Sqrt(took.Length);
        double begun = ages.Sum(age => Math.Max(0, mean - age));
        double sum = 2 * spread * Math.Sqrt(waiting + ages.Length);
        double earliest = ((waiting * Math.Max(0, mean - error)) + begun - sum) / atOnce.Most;
        double latest = (((waiting * (mean + error)) + begun + sum) / atOnce.Least) + High(took, waiting + ages.Length);
        double middle = (((waiting * mean) + begun) / ((atOnce.Least + atOnce.Most) / 2)) + (mean / 2);
        // What waits has all its time before it.
        return new(Math.Max(earliest, Low(took)), middle, latest);
    }

    private static Span OfRunning(double[] ages, double mean, double spread, double[] took)
    {
        (double low, double high) = (Low(took), High(took, ages.Length));
        return new(
            ages.Max(age => Math.Max(0, low - age)),
            ages.Max(age => age < mean ? mean - age : age < high ? (high - age) / 2 : age / 2),
            ages.Max(age => age < high ? Math.Max(high - age, Math.Min(age, spread)) : age));
    }

    private static double Low(double[] took) => took.Length < FewTasks ? 0.7 * took[0] : took[took.Length / 10];

    // What the slowest of so many should not exceed, nine times of ten.
    private static double High(double[] took, long count) =>
        took.Length < FewTasks ? 1.3 * took[^1] : took[(int)Math.Ceiling((took.Length - 1) * (1 - (0.1 / count)))];

    // Those with success, sorted, a sample of them if they are many; what fails at once says nothing of the others.
    private static (double[] Took, long Ended) Ended(TaskLedger ledger)
    {
        List<double> took = Sample(ledger, TaskState.Complete);
        if (took.Count > 0) return (Sorted(took), ledger.Count(TaskState.Complete));
        long unsuccessful = 0;
        for (TaskState state = TaskState.Failed; state <= TaskState.Lost; state++)
        {
            if (state == TaskState.Cancelled) continue;
            took.AddRange(Sample(ledger, state));
            unsuccessful += ledger.Count(state);
        }
        return (Sorted(took), took.Count == 0 ? 0 : unsuccessful);
    }

    private static List<double> Sample(TaskLedger ledger, TaskState wanted)
    {
        List<double> took = [];
        long every = Math.Max(1, ledger.Count(wanted) / SampleSize);
        long seen = 0;
        for (long id = 0; id < ledger.TaskCount && took.Count < SampleSize * 2; id++)
        {
            if (ledger[id] != wanted || seen++ % every != 0) continue;
            if (ledger.Elapsed(id) is { } elapsed) took.Add(elapsed.TotalSeconds);
        }
        return took;
    }

    private static double[] Sorted(List<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }

    // The scheduler may call a task running whose own record has not come: it has just begun.
    private static double[] Ages(TaskLedger ledger, DateTimeOffset now) =>
        [.. ledger.TasksIn(state => state == TaskState.Running).Select(id => ledger.Attempt(id) == 0 ? 0 : Math.Max(0, (now - ledger.StartedAt(id)).TotalSeconds))];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 1e9));

    private readonly record struct Span(double Earliest, double Middle, double Latest);
}
