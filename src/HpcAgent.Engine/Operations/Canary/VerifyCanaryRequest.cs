using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Waits for a canary and judges it.</summary>
[InputSchema("verify-canary")]
[Description("Waits for a canary and judges it by exit code and evidence first, by the text of its log last.")]
public sealed record VerifyCanaryRequest
{
    /// <summary>The canary's run.</summary>
    [Description("The run of the canary, such as submit-flow names it.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string CanaryRunId { get; init; }

    /// <summary>Seconds to wait.</summary>
    [Description("Seconds to wait for its end; default 1800. It goes on when they are over.")]
    [Range(0, 1e9)]
    public double? WaitBudgetSec { get; init; }

    /// <summary>Seconds between two looks.</summary>
    [Description("Seconds between two looks; without it they adapt to the time that it takes.")]
    [Range(0.05, 86400)]
    public double? PollIntervalSec { get; init; }

    /// <summary>Files that it must leave.</summary>
    [Description("Files that it must leave, absolute on the cluster or relative to its result folder.")]
    public IReadOnlyList<string>? ExpectOutput { get; init; }
}
