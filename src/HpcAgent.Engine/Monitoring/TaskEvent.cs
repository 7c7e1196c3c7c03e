namespace HpcAgent.Engine.Monitoring;

/// <summary>What an event line says happened.</summary>
public enum TaskEventKind
{
    /// <summary>An attempt started.</summary>
    Start,

    /// <summary>An attempt ended.</summary>
    End,

    /// <summary>Something about the run as a whole; the text says what.</summary>
    Note,
}

/// <summary>One line of a run's event log (design, section 5).</summary>
public readonly record struct TaskEvent
{
    /// <summary>When, by the clock of the node.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public TaskEventKind Kind { get; init; }

    /// <summary>The 0-based task; -1 for a note.</summary>
    public long TaskId { get; init; }

    /// <summary>The attempt, from 1; 0 for a note.</summary>
    public int Attempt { get; init; }

    /// <summary>The process of the attempt, on start.</summary>
    public int? Pid { get; init; }

    /// <summary>How the attempt ended, on end.</summary>
    public TaskState State { get; init; }

    /// <summary>The exit code, on end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal, on end.</summary>
    public int? Signal { get; init; }

    /// <summary>How long the attempt took, on end.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>The peak resident memory in bytes, on end, if known.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>More words, if there is more to say.</summary>
    public string? Text { get; init; }
}
