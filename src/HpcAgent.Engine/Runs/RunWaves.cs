namespace HpcAgent.Engine.Runs;

/// <summary>The waves of a run: the units in which its results are packed and counted.</summary>
internal static class RunWaves
{
    /// <summary>The tasks of each wave, by the sidecar, else by its plan, else all in wave 0.</summary>
    /// <param name="sidecar">The record of the run, or null.</param>
    /// <param name="taskCount">The tasks of the run.</param>
    public static SortedDictionary<int, IReadOnlyList<TaskIdRange>> Of(Sidecar? sidecar, long taskCount)
    {
        SortedDictionary<int, IReadOnlyList<TaskIdRange>> waves = [];
        foreach ((int wave, IReadOnlyList<TaskIdRange> tasks) in sidecar?.WaveMap ?? new Dictionary<int, IReadOnlyList<TaskIdRange>>()) waves[wave] = tasks;
        // The list of the sidecar is left out where it would be too long.
        foreach (IGrouping<int, PlanArray> wave in waves.Count > 0 ? [] : (sidecar?.Plan?.Arrays ?? []).GroupBy(a => a.Wave))
            waves[wave.Key] = [.. wave.SelectMany(a => a.TaskIds ?? [new TaskIdRange(a.FirstTaskId, a.TaskCount)])];
        if (waves.Count == 0) waves[0] = [new TaskIdRange(0, taskCount)];
        return waves;
    }
}
