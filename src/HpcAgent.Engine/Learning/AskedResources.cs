using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Learning;

/// <summary>What attempts of the tasks of a run asked for: those of an array that was sent later asked for what that array did.</summary>
public sealed class AskedResources
{
    private readonly Dictionary<long, List<PlanArray>> _later = [];

    /// <summary>Collects it.</summary>
    /// <param name="plan">The plan of the run, or null if that is not known.</param>
    /// <param name="arrays">All its arrays, in the order of their submission; null if they are not known.</param>
    public AskedResources(RunPlan? plan, IReadOnlyList<SchedulerArray>? arrays)
    {
        First = plan?.Resources ?? new ResourceRequest();
        foreach (PlanArray array in arrays?.Select(a => a.Array).Where(a => a is { TaskIds: not null, Resources: not null }) ?? [])
        {
            foreach (TaskIdRange range in array.TaskIds!)
                for (long id = range.First; id < range.First + range.Count; id++) Of(id).Add(array);
        }
    }

    /// <summary>What each task asked for the first time.</summary>
    public ResourceRequest First { get; }

    /// <summary>What an attempt asked for.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    public ResourceRequest this[long taskId, int attempt] =>
        _later.TryGetValue(taskId, out List<PlanArray>? arrays) && arrays.FindLast(a => attempt > a.AttemptBase) is { } array ? array.Resources! : First;

    private List<PlanArray> Of(long id)
    {
        if (!_later.TryGetValue(id, out List<PlanArray>? arrays)) _later.Add(id, arrays = []);
        return arrays;
    }
}
