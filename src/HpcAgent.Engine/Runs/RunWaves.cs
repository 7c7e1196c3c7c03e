namespace HpcAgent.Engine.Runs;

/// <summary>
/// The waves of a run, the units in which its results are packed and counted, on a cluster and on this machine: wave N is the tasks from
/// <c>N * TasksPerWave</c> on. They have nothing to do with how the run was submitted, so that a resumption or another plan changes no wave.
/// </summary>
public static class RunWaves
{
    /// <summary>How many tasks, by their ids, make one wave; the last one may have fewer. A multiple of <see cref="RunLayout.ShardSize"/>.</summary>
    public const int TasksPerWave = 10_000;

    /// <summary>The tasks of each wave, in the order of the waves.</summary>
    /// <param name="taskCount">The tasks of the run.</param>
    /// <param name="tasksPerWave">How many make a wave.</param>
    public static IEnumerable<TaskIdRange> Of(long taskCount, int tasksPerWave = TasksPerWave)
    {
        for (long first = 0; first < taskCount; first += tasksPerWave) yield return new TaskIdRange(first, Math.Min(tasksPerWave, taskCount - first));
    }
}
