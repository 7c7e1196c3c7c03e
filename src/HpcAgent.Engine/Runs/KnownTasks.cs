namespace HpcAgent.Engine.Runs;

/// <summary>Which ids of tasks a run has.</summary>
public static class KnownTasks
{
    /// <summary>Refuses ids that a run does not have.</summary>
    /// <param name="run">The run.</param>
    /// <param name="ids">The ids, 0-based; null for none.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: it has no such task.</exception>
    public static void Require(Run run, IEnumerable<long>? ids)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach (long id in ids ?? [])
        {
            if (id < 0 || id >= run.TaskCount)
                throw new HpcException(ErrorCode.SpecInvalid, $"the run {run.RunId} has no task {id}", $"Its tasks are 0 to {run.TaskCount - 1}.");
        }
    }
}
