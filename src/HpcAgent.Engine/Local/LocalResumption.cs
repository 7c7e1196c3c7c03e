using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Local;

/// <summary>Turns the arrays of a resumption into one order of the embedded scheduler, where each task may use what the most demanding of them needs.</summary>
internal static class LocalResumption
{
    /// <summary>The order.</summary>
    /// <param name="before">The order of the run so far.</param>
    /// <param name="package">The resumption.</param>
    /// <param name="jobId">Its id.</param>
    public static LocalOrder OrderOf(LocalOrder before, ResumePackage package, string jobId)
    {
        ResourceRequest[] asked = [.. package.Plan.Arrays.Select(a => a.Resources ?? package.Plan.Resources)];
        return before with
        {
            JobId = jobId,
            OnlyTasks = [.. package.Plan.Arrays.SelectMany(a => a.TaskIds ?? []).SelectMany(r => Ids(r)).Order()],
            AttemptBase = package.Plan.Arrays.Max(a => a.AttemptBase),
            Cpus = asked.Max(r => r.Cpus),
            MemoryBytes = asked.Any(r => r.MemoryBytes is null) ? null : asked.Max(r => r.MemoryBytes),
            WalltimeSeconds = asked.Any(r => r.Walltime is null) ? null : asked.Max(r => r.Walltime)?.TotalSeconds,
            AfterRunFolders = [],
        };
    }

    private static IEnumerable<long> Ids(TaskIdRange range)
    {
        for (long id = range.First; id < range.First + range.Count; id++) yield return id;
    }
}
