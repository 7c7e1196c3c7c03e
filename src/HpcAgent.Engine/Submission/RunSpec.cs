using System.Text.Json;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Submission;

/// <summary>A submission in the engine's own terms: nothing in it needs to be read or looked up any more.</summary>
public sealed record RunSpec
{
    /// <summary>The user's folder, absolute.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>The cluster.</summary>
    public required ICluster Cluster { get; init; }

    /// <summary>The tasks.</summary>
    public required TaskSet Tasks { get; init; }

    /// <summary>How the command is given.</summary>
    public required CommandKind CommandKind { get; init; }

    /// <summary>The command, or the original's executor.</summary>
    public string Command { get; init; } = "";

    /// <summary>The program and its arguments, for <see cref="CommandKind.Argv"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The word from which the run's name is made.</summary>
    public required string Name { get; init; }

    /// <summary>The run's name, if the caller chooses it.</summary>
    public string? RunId { get; init; }

    /// <summary>What tasks ask for and how many may run at once.</summary>
    public PlanRequest Plan { get; init; } = new();

    /// <summary>The template of a task's result folder, or null.</summary>
    public string? ResultTemplate { get; init; }

    /// <summary>Variables that the user sets for the tasks; part of the identity.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The submitting process's environment, which tasks on this machine see too; not part of the identity.</summary>
    public IReadOnlyDictionary<string, string> ProcessEnvironment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Shell text that runs before the tasks.</summary>
    public string Preamble { get; init; } = "";

    /// <summary>The declared shell, or null.</summary>
    public string? Shell { get; init; }

    /// <summary>Where the run lives on the cluster, or null for the cluster's default.</summary>
    public string? RemotePath { get; init; }

    /// <summary>The campaign.</summary>
    public string? CampaignId { get; init; }

    /// <summary>The caller's id of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>The original's short name of the configuration.</summary>
    public string Profile { get; init; } = "";

    /// <summary>Runs of the same experiment that must have ended first.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>How many tasks there must be, if the caller says.</summary>
    public long? ExpectedTaskCount { get; init; }

    /// <summary>What whoever watches the run does about failed tasks, as its record holds it; null for nothing.</summary>
    public JsonElement? AutoRetry { get; init; }

    /// <summary>Seconds between the first signal and the next when a task must stop.</summary>
    public double GraceSeconds { get; init; } = 25;

    /// <summary>The one task to send before the run, or null for none.</summary>
    public CanaryWish? Canary { get; init; }
}
