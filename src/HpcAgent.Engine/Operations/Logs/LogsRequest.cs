using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Logs;

/// <summary>Asks for the end of tasks' logs.</summary>
[InputSchema("logs")]
[Description("Shows the last lines of the logs of tasks.")]
public sealed record LogsRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The tasks.</summary>
    [Description("The 0-based tasks.")]
    public IReadOnlyList<long>? TaskId { get; init; }

    /// <summary>Whether all tasks that ended without success are wanted.</summary>
    [Description("All tasks that ended without success.")]
    public bool AllFailed { get; init; }

    /// <summary>How many lines of each.</summary>
    [Description("How many lines of each log, a mebibyte at most; default 50.")]
    [Range(1, 1000000)]
    public int? Lines { get; init; }
}
