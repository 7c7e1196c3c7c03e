using System.Globalization;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Batch;

/// <summary>How far the clock of a cluster is ahead of this machine's. It is told at each look, and kept in the mirror for a process that does not look.</summary>
internal static class ClusterClock
{
    /// <summary>The question, whose answer is the part <c>clock</c>.</summary>
    public const string Question = "hpc_part clock; date +%s\n";

    // Less is the rounding to seconds.
    private const long Noise = 2;

    /// <summary>Takes it from an answer.</summary>
    /// <param name="answer">The answer to <see cref="Question"/>.</param>
    /// <param name="before">When it was asked.</param>
    /// <param name="after">When the answer was there.</param>
    /// <returns>The difference; null if it was not told.</returns>
    public static TimeSpan? Of(HostAnswer answer, DateTimeOffset before, DateTimeOffset after)
    {
        if (answer.Find("clock") is null || !long.TryParse(answer.Text("clock"), NumberStyles.None, CultureInfo.InvariantCulture, out long there)) return null;
        long ahead = Ahead(there, before, after);
        return TimeSpan.FromSeconds(Math.Abs(ahead) <= Noise ? 0 : ahead);
    }

    /// <summary>How far a clock there is ahead of the one here, in seconds; 0 while it lies within the time of the call.</summary>
    public static long Ahead(long there, DateTimeOffset before, DateTimeOffset after)
    {
        if (there < before.ToUnixTimeSeconds()) return there - before.ToUnixTimeSeconds();
        return there > after.ToUnixTimeSeconds() ? there - after.ToUnixTimeSeconds() : 0;
    }

    /// <summary>What the last look at a run was told.</summary>
    public static TimeSpan Read(RunLayout layout) =>
        File.Exists(PathOf(layout)) && long.TryParse(File.ReadAllText(PathOf(layout)), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) && Math.Abs(seconds) < int.MaxValue
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero;

    /// <summary>Keeps it. Clocks that agree leave no file.</summary>
    public static void Write(RunLayout layout, TimeSpan offset)
    {
        if (offset == Read(layout)) return;
        _ = Directory.CreateDirectory(layout.Root);
        File.WriteAllText(PathOf(layout), ((long)offset.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }

    private static string PathOf(RunLayout layout) => Path.Combine(layout.Root, "clock-offset");
}
