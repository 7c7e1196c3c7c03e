namespace HpcAgent.Engine.Operations.Report;

/// <summary>A report that was written.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Path">The absolute path of the file.</param>
/// <param name="ByteCount">How large it is.</param>
/// <param name="State">Where the run stood.</param>
/// <param name="IsPartial">True if not every task contributes to its aggregate.</param>
public sealed record ReportResult(string RunId, string Path, long ByteCount, LifecycleState State, bool IsPartial);
