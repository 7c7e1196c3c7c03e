using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Asks where a run stands.</summary>
[InputSchema("status")]
[Description("Says where a run stands.")]
public sealed record StatusRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>Whether every task is wanted.</summary>
    [Description("List every task, not only the counts.")]
    public bool Tasks { get; init; }

    /// <summary>Whether it is wanted why tasks wait.</summary>
    [Description("Say too why tasks wait: the reason in plain words, what would change it, and when they should start.")]
    public bool Explain { get; init; }

    /// <summary>The original's smallest number of rows of a result.</summary>
    [Description("The original's smallest number of rows of a result; not used, a task is complete when its command says so.")]
    [Range(0, long.MaxValue)]
    public long? MinRows { get; init; }
}
