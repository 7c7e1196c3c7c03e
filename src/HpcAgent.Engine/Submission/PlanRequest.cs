using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Submission;

/// <summary>What a submission asks of the planner.</summary>
public sealed record PlanRequest
{
    /// <summary>What each task asks for.</summary>
    public ResourceRequest Resources { get; init; } = new();

    /// <summary>How many tasks may run at once at most; null leaves it to the cluster.</summary>
    public int? MaxConcurrentCount { get; init; }

    /// <summary>The declared shell, or null for the usual one.</summary>
    public string? Shell { get; init; }

    /// <summary>How long a task should take, if that is known.</summary>
    public TimeSpan? TaskDuration { get; init; }

    /// <summary>How long tasks of this command took before, or null. It is used where the request itself says nothing.</summary>
    public TaskHistory? History { get; init; }

    /// <summary>How long a task should take, from the request or else from what was learnt.</summary>
    internal TimeSpan? Duration => TaskDuration ?? History?.Median;

    /// <summary>How many tasks one array element runs at most; null leaves it to the planner.</summary>
    public int? TasksPerElement { get; init; }

    /// <summary>How many of them it runs at once.</summary>
    public int ConcurrentTasksPerElement { get; init; } = 1;

    /// <summary>What is asked of the scheduler beside processors, memory and time; it stands above the site's configuration.</summary>
    public SchedulerOptions Options { get; init; } = new();
}
