using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Healing;

/// <summary>What tasks ask for the next time, from what they asked for, what was measured, and what the cluster has.</summary>
/// <param name="Largest">The most that one task can ask for; what is not known is null.</param>
/// <param name="PeakOfComplete">The most memory that a task of the run used which is complete, in bytes; null if nothing was measured.</param>
/// <param name="PeakOfFailed">The most memory that one of these tasks used, in bytes; null if nothing was measured.</param>
/// <param name="LongestOfFailed">How long the longest of these tasks ran; null if that is not known.</param>
internal sealed record ResourceStep(ResourceRequest Largest, long? PeakOfComplete, long? PeakOfFailed, TimeSpan? LongestOfFailed)
{
    /// <summary>The reason where nothing changes.</summary>
    public const string AsBefore = "as before";

    private const double Headroom = 1.25;
    private const long Granule = 1 << 20;

    /// <summary>The next request, with its reason; a null request where no larger one is possible, and the reason for that.</summary>
    /// <param name="now">What the tasks ask for.</param>
    /// <param name="rule">What is done about their failure.</param>
    public (ResourceRequest? Resources, string Reason) Next(ResourceRequest now, RetryRule rule)
    {
        if (rule.MemoryFactor > 1) return Memory(now, rule.MemoryFactor);
        return rule.WalltimeFactor > 1 ? Time(now, rule.WalltimeFactor) : (now, AsBefore);
    }

    private (ResourceRequest?, string) Memory(ResourceRequest now, double factor)
    {
        // Where nothing was asked for, what was used when it ended is the limit that it met.
        if ((now.MemoryBytes ?? PeakOfFailed) is not { } before)
        {
            return Largest.MemoryBytes is { } most
                ? (now with { MemoryBytes = Round(most / 4.0) }, $"memory {MemorySize.Format(Round(most / 4.0))}, a quarter of the largest node: nothing was asked for before and nothing was measured")
                : (null, "it is not known how much memory they had: give the memory");
        }
        double wanted = before * factor;
        string basis = $"{factor:0.##} times what they had";
        double measured = Math.Max(PeakOfComplete ?? 0, PeakOfFailed ?? 0) * Headroom;
        if (measured > wanted) (wanted, basis) = (measured, $"a quarter more than the {MemorySize.Format(measured / Headroom)} that was measured");
        if (Largest.MemoryBytes is { } cap && wanted > cap)
        {
            if (before >= cap) return (null, $"they had {MemorySize.Format(before)}, and no node has more");
            (wanted, basis) = (cap, "all that the largest node has");
        }
        long bytes = Largest.MemoryBytes is { } top ? Math.Min(Round(wanted), top) : Round(wanted);
        string used = PeakOfComplete is { } peak ? $"; complete tasks used up to {MemorySize.Format(peak)}" : "";
        return (now with { MemoryBytes = bytes }, $"memory {MemorySize.Format(before)} -> {MemorySize.Format(bytes)}: {basis}{used}");
    }

    private (ResourceRequest?, string) Time(ResourceRequest now, double factor)
    {
        if ((now.Walltime ?? LongestOfFailed) is not { } before) return (null, "it is not known how long they ran: give the time limit");
        TimeSpan wanted = TimeSpan.FromSeconds(Math.Ceiling(before.TotalSeconds * factor));
        string basis = $"{factor:0.##} times what they had";
        if (wanted > Largest.Walltime)
        {
            if (before >= Largest.Walltime) return (null, $"they had {DurationText.Format(before)}, and the cluster allows no more");
            (wanted, basis) = (Largest.Walltime.Value, "all that the cluster allows");
        }
        return (now with { Walltime = wanted }, $"time limit {DurationText.Format(before)} -> {DurationText.Format(wanted)}: {basis}");
    }

    private static long Round(double bytes) => (long)Math.Ceiling(bytes / Granule) * Granule;
}
