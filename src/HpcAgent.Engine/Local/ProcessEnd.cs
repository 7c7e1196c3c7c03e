namespace HpcAgent.Engine.Local;

/// <summary>How a process ended.</summary>
/// <param name="Pid">The process.</param>
/// <param name="ExitCode">Its exit code, if it ended by itself.</param>
/// <param name="Signal">The signal that ended it, if one did.</param>
/// <param name="PeakMemoryBytes">The largest resident memory of it or of any descendant that it waited for, if known.</param>
internal readonly record struct ProcessEnd(int Pid, int? ExitCode, int? Signal, long? PeakMemoryBytes)
{
    /// <summary>True if it is certain that nothing which it started still runs.</summary>
    public bool LeftNothing { get; init; }
}
