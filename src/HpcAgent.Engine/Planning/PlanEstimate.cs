namespace HpcAgent.Engine.Planning;

/// <summary>How long a plan should take, if all tasks take the same time and every array waits as long as the first.</summary>
internal static class PlanEstimate
{
    /// <summary>The time from submission to the end of the last task.</summary>
    /// <param name="layout">The arrays.</param>
    /// <param name="lanes">What waits for what.</param>
    /// <param name="taskDuration">How long a task takes.</param>
    /// <param name="atOnce">How many tasks an element runs at once.</param>
    /// <param name="spinUp">How long an array waits until it starts.</param>
    /// <param name="mostRunning">How many elements the site runs at once, or null.</param>
    public static TimeSpan Elapsed(PlanLayout layout, PlanLanes lanes, TimeSpan taskDuration, int atOnce, TimeSpan spinUp, long? mostRunning)
    {
        TimeSpan element = PlanMath.Times(taskDuration, PlanMath.Ceiling(layout.TasksPerElement, atOnce));
        long elements = layout.MostElements;
        TimeSpan longest = TimeSpan.Zero;
        for (int lane = 0; lane < lanes.Count; lane++)
        {
            long rounds = PlanMath.Ceiling(elements, lanes.Share(lane) ?? elements);
            TimeSpan time = PlanMath.Times(PlanMath.Plus(spinUp, PlanMath.Times(element, rounds)), lanes.DepthOf(lane));
            if (time > longest) longest = time;
        }
        if (mostRunning is not > 0) return longest;
        TimeSpan busy = PlanMath.Plus(spinUp, PlanMath.Times(element, PlanMath.Ceiling(layout.ElementCount, mostRunning.Value)));
        return busy > longest ? busy : longest;
    }
}
