namespace HpcAgent;

/// <summary>What the tasks of a run asked for beside what they used, as far as that was measured, and what to ask for next time.</summary>
public sealed record RunEfficiency
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which the run was sent.</summary>
    public string ExperimentPath { get; init; } = "";

    /// <summary>All tasks.</summary>
    public required long TaskCount { get; init; }

    /// <summary>Tasks that have ended and of which the time is known; all sums are over these.</summary>
    public long MeasuredCount { get; init; }

    /// <summary>The most that a task asked for, where tasks that were sent again asked for something else; memory and time limit are null where that was left to the cluster.</summary>
    public ResourceRequest Asked { get; init; } = new();

    /// <summary>Half of the tasks that completed took no longer.</summary>
    public TimeSpan? MedianElapsed { get; init; }

    /// <summary>The longest of the tasks that completed.</summary>
    public TimeSpan? LongestElapsed { get; init; }

    /// <summary>The largest memory of any task, in bytes; null if none was measured.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Of how many tasks the memory is known.</summary>
    public long PeakMemoryCount { get; init; }

    /// <summary>Half of the tasks waited no longer in the queue.</summary>
    public TimeSpan? MedianQueueWait { get; init; }

    /// <summary>Processors asked for times time taken, in hours, of the measured tasks.</summary>
    public double AllocatedCoreHours { get; init; }

    /// <summary>Processor time used, in hours; null if it was not measured for any task.</summary>
    public double? UsedCoreHours { get; init; }

    /// <summary>Of how many tasks the processor time is known.</summary>
    public long CpuTimeCount { get; init; }

    /// <summary>Core-hours that brought nothing: all of tasks that did not complete, and of those that did what their processors stood idle.</summary>
    public double WastedCoreHours { get; init; }

    /// <summary>The part of the processors that was used, from 0 to 1 (more if a task uses more than it asks for), over tasks whose processor time is known.</summary>
    public double? CpuEfficiency { get; init; }

    /// <summary>The largest part of the memory that its attempt asked for which a task used.</summary>
    public double? MemoryEfficiency { get; init; }

    /// <summary>The largest part of the time limit that its attempt asked for which a task that completed used.</summary>
    public double? WalltimeEfficiency { get; init; }

    /// <summary>What to ask for next time; each part is null, or as it was, where nothing better is known. <see cref="Notes"/> says with which margin.</summary>
    public ResourceRequest Suggested { get; init; } = new();

    /// <summary>What the figures and the suggestion rest on, and what is not known.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
