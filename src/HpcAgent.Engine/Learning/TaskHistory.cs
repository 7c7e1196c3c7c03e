using System.Globalization;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Learning;

/// <summary>How long tasks of a command took before, in the same experiment and on the same cluster.</summary>
/// <param name="Count">How many attempts that completed it rests on.</param>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="NineteenOfTwenty">Nineteen of twenty took no longer.</param>
/// <param name="Longest">The longest of them.</param>
public sealed record TaskHistory(int Count, TimeSpan Median, TimeSpan NineteenOfTwenty, TimeSpan Longest)
{
    /// <summary>What fewer took says nothing.</summary>
    public const int LeastCount = 3;

    /// <summary>From so many on the longest is taken for what tasks may take.</summary>
    public const int LeastCountForLimit = 20;

    private const int MostCount = 2000;

    // Times are known to the millisecond.
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A time limit for a task of which nobody says one, or null: twice the longest, in whole minutes. It is for tasks that share an element, so that the element's
    /// time can be told at all.
    /// </summary>
    public TimeSpan? Limit => Count < LeastCountForLimit ? null : PlanMath.Times(s_minute, Math.Max(1, (long)Math.Ceiling(2 * Longest / s_minute)));

    /// <summary>What is known of the duration of a task, in words, for the assumptions of a plan.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"a task takes {Words(Median)}: the median of {Count} tasks of this command that completed here; nineteen of twenty took {Words(NineteenOfTwenty)} at most");

    /// <summary>The history of a command, or null if too little is known.</summary>
    /// <param name="samples">All samples of the experiment on the cluster, oldest first.</param>
    /// <param name="command">The command as the user wrote it.</param>
    public static TaskHistory? Of(IReadOnlyList<RuntimeSample> samples, string command)
    {
        string identity = RuntimeSample.CommandOf(command);
        TimeSpan[] times = [.. samples.Where(s => s.Command == identity && s.State == TaskState.Complete).TakeLast(MostCount).Select(s => s.Elapsed < s_least ? s_least : s.Elapsed).Order()];
        return times.Length < LeastCount ? null : new TaskHistory(times.Length, At(times, 0.5), At(times, 0.95), times[^1]);
    }

    private static string Words(TimeSpan time) => time < TimeSpan.FromSeconds(0.5) ? "less than a second" : DurationText.Format(time);

    // Nearest rank: a time that one of them really took.
    private static TimeSpan At(TimeSpan[] times, double part) => times[Math.Max(0, (int)Math.Ceiling(part * times.Length) - 1)];
}
