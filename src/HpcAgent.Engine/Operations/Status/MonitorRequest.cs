using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Waits for the end of a run.</summary>
[InputSchema("monitor-flow")]
[Description("Waits until a run has ended or the time is up.")]
public sealed record MonitorRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>Seconds between two looks; null adapts to the run.</summary>
    [Description("Seconds between two looks; without it they adapt to the time that is left.")]
    [Range(0.05, 86400)]
    public double? PollIntervalSeconds { get; init; }

    /// <summary>Seconds after which the wait ends; the run goes on.</summary>
    [Description("Seconds after which the wait ends with lifecycle_state 'timeout'; the run goes on.")]
    [Range(0, 1e9)]
    public double? WallClockBudgetSeconds { get; init; }

    /// <summary>What is waited for; null for the end.</summary>
    [Description("What is waited for: 'ended' (the default), 'started', 'first_result' or 'any_failure'. The end of the run ends any wait.")]
    public WatchGoal? Until { get; init; }

    /// <summary>A command that is run at each change.</summary>
    [Description("A command for this machine's shell that is run at each change of the run, half a minute at most; HPC_RUN_ID, HPC_EVENT and HPC_LIFECYCLE_STATE tell it what changed. Default: the variable HPC_ON_CHANGE.")]
    [RegularExpression("[^ ]")]
    public string? OnChange { get; init; }

    /// <summary>What is done about failed tasks.</summary>
    [Description("What is done when the run would end with failed tasks, above the auto_retry with which it was submitted: true for the usual policy, a number for so many retries a task at most, an object as for submit-flow, false for nothing.")]
    public JsonElement? AutoRetry { get; init; }

    /// <summary>The original's switch for combining while watching.</summary>
    [Description("The original's switch for combining waves while watching; has no effect on 'local', where results are reduced directly.")]
    public bool? AutoCombineWaves { get; init; }

    /// <summary>The original's cap on combining again.</summary>
    [Description("The original's cap on combining a wave again; has no effect on 'local'.")]
    [Range(0, 100)]
    public int? CombinerMaxRetries { get; init; }

    /// <summary>The original's pattern of result files.</summary>
    [Description("The original's pattern of result files; not used.")]
    public string? FileGlob { get; init; }
}
