using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Failures;

/// <summary>Asks why tasks of a run failed.</summary>
[InputSchema("failures")]
[Description("Says why tasks of a run failed: groups with one cause each, and what their tasks have in common.")]
public sealed record FailuresRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The tasks whose groups are wanted; null for all.</summary>
    [Description("Only the groups in which these 0-based tasks are.")]
    public IReadOnlyList<long>? TaskId { get; init; }

    /// <summary>Whether the ends of all logs are wanted.</summary>
    [Description("The end of the log of each task of a group, not only of one.")]
    public bool IncludeLog { get; init; }

    /// <summary>How many lines of each log are given.</summary>
    [Description("How many lines of each log are given, of its last 4 KiB; default 50. Causes are looked for in all 4 KiB.")]
    [Range(1, 1000000)]
    public int? Lines { get; init; }
}
