using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>Runs the user's own reducer where the results are.</summary>
[InputSchema("cluster-reduce")]
[Description("Runs your own reducer where the results are, and brings the one JSON file that it writes.")]
public sealed record ClusterReduceRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The reducer.</summary>
    [Description("The command: reads HPC_RUN_ID and HPC_RESULTS_DIR, writes one JSON file to HPC_AGGREGATED_OUTPUT; run in the code snapshot. Default: aggregate_cmd of the run's aggregate_defaults.")]
    public string? AggregateCmd { get; init; }

    /// <summary>The file that it writes.</summary>
    [Description("The file that it writes, relative to the run's remote path; {run_id} is replaced. Default: a file in the run's folder.")]
    public string? OutputPath { get; init; }

    /// <summary>Where the file is put.</summary>
    [Description("The folder on this machine for the file; default _aggregated/<run_id> in the experiment.")]
    public string? LocalDir { get; init; }

    /// <summary>Variables for it.</summary>
    [Description("Variables for it: 'NAME=value,OTHER=value', or an object, which allows commas in values.")]
    public JsonElement? ExtraEnv { get; init; }

    /// <summary>How long it may take.</summary>
    [Description("Seconds that it may take; default 1800.")]
    [Range(1, 1000000)]
    public int? TimeoutSec { get; init; }
}
