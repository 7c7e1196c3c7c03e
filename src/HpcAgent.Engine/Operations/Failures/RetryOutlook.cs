using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Failures;

/// <summary>What a policy does about the failed tasks of a run.</summary>
public sealed record RetryOutlook
{
    /// <summary>True if the run carries a policy, by which whoever watches it sends tasks again.</summary>
    public required bool IsActive { get; init; }

    /// <summary>The policy: that of the run, else the usual one, which counts where a person resumes it.</summary>
    public required RetryPolicy Policy { get; init; }

    /// <summary>How many resumptions were made by it.</summary>
    public int RoundCount { get; init; }

    /// <summary>How many retries all tasks have left together.</summary>
    public long RemainingOfRun { get; init; }

    /// <summary>What would run again, and what would not.</summary>
    public required RunResumption Choice { get; init; }

    /// <summary>How many retries each failed task has left for its cause; null for any number.</summary>
    public required IReadOnlyDictionary<long, int?> Remaining { get; init; }

    /// <summary>The kinds of failure of the run, in the order of its groups.</summary>
    public required IReadOnlyList<FailureCategory> Categories { get; init; }

    /// <summary>What is wrong with the policy of the run, or null.</summary>
    public string? Problem { get; init; }

    internal static RetryOutlook Of(OperationContext context, DiagnosedRun run)
    {
        (RetryPolicy? own, string? problem) = Own(run.Record);
        RetryPolicy policy = own ?? new RetryPolicy();
        IReadOnlyList<FailureGroup> groups = run.Groups();
        RetryPlanner planner = new(context.Cluster(run.Record.Run.Cluster), run.Record, run.View, policy, new RetryOverrides());
        long budget = planner.Budget;
        RetryHistory history = new(run.Record);
        return new RetryOutlook
        {
            IsActive = own is not null,
            Policy = policy,
            RoundCount = AutoRetry.RoundsOf(run.Record).Count,
            RemainingOfRun = budget,
            Choice = groups.Count == 0 ? Nothing(run.Record) : planner.Choose(groups),
            Remaining = groups.SelectMany(g => g.TaskId.Select(id => (Id: id, g.Category))).ToDictionary(t => t.Id, t => Left(policy, history, t.Id, t.Category, budget)),
            Categories = [.. groups.Select(g => g.Category).Distinct()],
            Problem = problem,
        };
    }

    private static (RetryPolicy? Policy, string? Problem) Own(RunRecord record)
    {
        try
        {
            return (AutoRetry.PolicyOf(null, record), null);
        }
        catch (HpcException e)
        {
            return (null, e.Message);
        }
    }

    private static RunResumption Nothing(RunRecord record) => new() { RunId = record.Run.RunId, Cluster = record.Run.Cluster, ExperimentPath = record.Run.ExperimentPath };

    private static int? Left(RetryPolicy policy, RetryHistory history, long id, FailureCategory category, long budget) => policy[category].MaxRetries is not { } most
        ? null
        : (int)Math.Clamp(Math.Min(most - history.Retries(id, category), policy.MaxRetries - history.Retries(id)), 0, Math.Min(budget, int.MaxValue));
}
