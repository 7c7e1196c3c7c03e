using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Asks how to be woken next for a run.</summary>
[InputSchema("decide-monitor-arm")]
[Description("Decides when whoever watches a run should be woken next, from counts alone.")]
public sealed record MonitorArmRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The counts of a status.</summary>
    [Description("The counts, as last_status.summary has them.")]
    public required MonitorArmCounts Summary { get; init; }

    /// <summary>How many tasks the run has.</summary>
    [Description("How many tasks the run has; without it, the sum of the counts.")]
    [Range(0, long.MaxValue)]
    public long? TotalTasks { get; init; }

    /// <summary>The command by which the caller was started.</summary>
    [Description("The command that is to be run at each wake-up, word by word.")]
    public IReadOnlyList<string>? InvocationArgv { get; init; }

    /// <summary>Whether the caller is in a loop.</summary>
    [Description("True if the caller is woken by a loop already.")]
    public bool UserInvokedViaLoop { get; init; }

    /// <summary>Seconds to the end.</summary>
    [Description("Seconds to the end, if known: remaining_seconds of last_status.")]
    [Range(0, 1e9)]
    public double? EtaSec { get; init; }

    /// <summary>Whether tasks end at no steady pace.</summary>
    [Description("True if tasks end at no steady pace.")]
    public bool PaceUnstable { get; init; }

    /// <summary>Seconds until the first task starts.</summary>
    [Description("Seconds until the first task should start, if known.")]
    [Range(0, 1e9)]
    public double? QueueWaitSec { get; init; }
}

/// <summary>Counts of tasks, as a status has them.</summary>
public sealed record MonitorArmCounts
{
    /// <summary>With success.</summary>
    [Description("Ended with success.")]
    [Range(0, long.MaxValue)]
    public long Complete { get; init; }

    /// <summary>Running.</summary>
    [Description("Running.")]
    [Range(0, long.MaxValue)]
    public long Running { get; init; }

    /// <summary>Waiting.</summary>
    [Description("Waiting.")]
    [Range(0, long.MaxValue)]
    public long Pending { get; init; }

    /// <summary>Without success.</summary>
    [Description("Ended without success.")]
    [Range(0, long.MaxValue)]
    public long Failed { get; init; }

    /// <summary>Of which nothing certain is known.</summary>
    [Description("Of which nothing certain is known.")]
    [Range(0, long.MaxValue)]
    public long Unknown { get; init; }
}
