using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>
/// The record of a run that is written once, before anything is sent, and travels with the run (reference 4.2). Fields that this version
/// does not know are kept in <see cref="Extensions"/>, so that records of the original pass through unchanged.
/// </summary>
public sealed record Sidecar
{
    /// <summary>The version of the format that is written.</summary>
    public const int CurrentSchemaVersion = 2;

    /// <summary>The version of the format that was read.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The parameter identity, as the original computes it; empty if not known.</summary>
    public string CmdSha { get; init; } = "";

    /// <summary>The sha256 of the task source, for the warning about code drift; may be empty.</summary>
    public string TasksPySha { get; init; } = "";

    /// <summary>The version of the program that wrote it.</summary>
    public string AgentVersion { get; init; } = "";

    /// <summary>When it was written.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>The command of one task as it is run.</summary>
    public string Executor { get; init; } = "";

    /// <summary>The folder of one task's results, with placeholders.</summary>
    public string ResultDirTemplate { get; init; } = "";

    /// <summary>How many tasks; 0 if not known.</summary>
    public long TaskCount { get; init; }

    /// <summary>The task ids of each wave.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<TaskIdRange>> WaveMap { get; init; } = new Dictionary<int, IReadOnlyList<TaskIdRange>>();

    /// <summary>The cluster.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>The short name of the experiment's configuration.</summary>
    public string Profile { get; init; } = "";

    /// <summary>The project.</summary>
    public string Project { get; init; } = "";

    /// <summary>The folder on the cluster below which the run lives.</summary>
    public string RemotePath { get; init; } = "";

    /// <summary>The campaign, if any.</summary>
    public string? CampaignId { get; init; }

    /// <summary>What one task asks for, in the original's words.</summary>
    public JsonElement? Resources { get; init; }

    /// <summary>Modules, conda and extra variables.</summary>
    public JsonElement? Env { get; init; }

    /// <summary>How often a task may be sent again.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>What prepares the run-time; <c>uv</c> or nothing.</summary>
    public string? Runtime { get; init; }

    /// <summary>The retry policy of each category of failure.</summary>
    public JsonElement? AutoRetry { get; init; }

    /// <summary>How the run is to be aggregated.</summary>
    public JsonElement? AggregateDefaults { get; init; }

    /// <summary>Where results are found and which columns they have.</summary>
    public JsonElement? Results { get; init; }

    /// <summary>The runs that this one builds on.</summary>
    public IReadOnlyList<string> ParentRunIds { get; init; } = [];

    /// <summary>The scheduler's ids in records of the original; ours keep them in the journal.</summary>
    public IReadOnlyList<string> JobIds { get; init; } = [];

    /// <summary>The full identity: parameters, code, command, environment. Null in records of the original.</summary>
    public string? IdentitySha { get; init; }

    /// <summary>The digest of the code.</summary>
    public string? CodeDigest { get; init; }

    /// <summary>The snapshot's folder below the remote path.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The command as the user wrote it.</summary>
    public string? Command { get; init; }

    /// <summary>The program and its arguments, for <see cref="Runs.CommandKind.Argv"/>.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>How the command is to be read.</summary>
    public CommandKind? CommandKind { get; init; }

    /// <summary>The shell of preamble and command.</summary>
    public string? Shell { get; init; }

    /// <summary>How the tasks are laid out.</summary>
    public RunPlan? Plan { get; init; }

    /// <summary>The token of each array, by its index in the plan.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }

    /// <summary>The id under which a caller may repeat its request.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the request asked of the scheduler beside processors, memory and time, as an object; null for nothing.</summary>
    public JsonElement? SchedulerOptions { get; init; }

    /// <summary>Seconds between the first signal and the next when a task must stop; null in records that do not say.</summary>
    public double? GraceSeconds { get; init; }

    /// <summary>Fields that this version does not know, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Extensions { get; init; } = [];
}
