namespace HpcAgent.Engine.Runs;

/// <summary>A run with the two records that it is known from.</summary>
public sealed record RunRecord
{
    /// <summary>The run as people and programs see it.</summary>
    public required Run Run { get; init; }

    /// <summary>What was written before it was sent; null if it is lost or damaged.</summary>
    public Sidecar? Sidecar { get; init; }

    /// <summary>What happened since.</summary>
    public required JournalState Journal { get; init; }

    /// <summary>What is odd about the records.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The arrays of all its submissions that are in, in their order; null if no plan is known.</summary>
    public IReadOnlyList<SchedulerArray>? Arrays
    {
        get
        {
            if ((Sidecar?.Plan ?? Journal.Intent?.Plan) is not { } plan) return null;
            // A record that came from another computer has no journal.
            if (Journal.Submissions.Count == 0) return [.. Run.JobIds.Zip(plan.Arrays, (id, array) => new SchedulerArray(id, array))];
            List<SchedulerArray> arrays = [];
            for (int i = 0; i < Journal.Submissions.Count; i++)
            {
                IReadOnlyList<PlanArray> planned = (i == 0 ? plan : Journal.Submissions[i].Intent.Plan)?.Arrays ?? [];
                foreach (SubmittedArray taken in Journal.Submissions[i].Arrays)
                    if (planned.FirstOrDefault(a => a.Index == taken.ArrayIndex) is { } array) arrays.Add(new SchedulerArray(taken.JobId, array));
            }
            return arrays;
        }
    }
}

/// <summary>An array that the scheduler has taken.</summary>
/// <param name="JobId">The scheduler's id.</param>
/// <param name="Array">The array.</param>
public sealed record SchedulerArray(string JobId, PlanArray Array);

/// <summary>Runs, and what could not be read while they were looked for.</summary>
/// <param name="Runs">The runs, newest first.</param>
/// <param name="Warnings">What is odd about the records.</param>
public sealed record RunListing(IReadOnlyList<RunRecord> Runs, IReadOnlyList<string> Warnings);
