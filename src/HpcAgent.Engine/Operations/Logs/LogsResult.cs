using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Operations.Logs;

/// <summary>Logs of tasks.</summary>
/// <param name="Logs">The logs, by task.</param>
/// <param name="NextCheckAfter">When it makes sense to ask about the run again; zero if it has ended.</param>
public sealed record LogsResult(IReadOnlyList<TaskLog> Logs, TimeSpan NextCheckAfter);
