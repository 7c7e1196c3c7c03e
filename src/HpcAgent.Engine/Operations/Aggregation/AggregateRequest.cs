using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>Reduces the results of a run.</summary>
[InputSchema("aggregate-flow")]
[Description("Reduces the metrics of a run's tasks exactly, grouped by parameters.")]
public sealed record AggregateRequest
{
    /// <summary>The run.</summary>
    [Description("The run; it may be left out with waves_dir.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public string? RunId { get; init; }

    /// <summary>The grouping parameters.</summary>
    [Description("The parameters to group by; without it every distinct set of parameters is a group, as in the original.")]
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>Quantiles, as probabilities.</summary>
    [Description("Quantiles to compute, as probabilities between 0 and 1.")]
    public IReadOnlyList<double>? Quantiles { get; init; }

    /// <summary>Whether an incomplete run is refused.</summary>
    [Description("Refuse to reduce while tasks are missing.")]
    public bool RequireComplete { get; init; }

    /// <summary>Where the result is written.</summary>
    [Description("The folder for the result; default _aggregated/<run_id> in the experiment.")]
    public string? OutputDir { get; init; }

    /// <summary>Packed waves to reduce.</summary>
    [Description("A folder with packed waves, *.ndjson or *.ndjson.gz, beside the task table and the record of their run, as keep_waves writes it; reduced in place of the run's results, without journal and cluster.")]
    public string? WavesDir { get; init; }

    /// <summary>Whether the metrics are kept beside the result.</summary>
    [Description("Write the metrics as packed waves beside the result, with the task table and the record of the run: an archive from which the result can be made again.")]
    public bool KeepWaves { get; init; }

    /// <summary>Whether nothing is written.</summary>
    [Description("Compute, but write nothing.")]
    public bool DryRun { get; init; }

    /// <summary>Where metrics are packed.</summary>
    [Description("Where metrics are packed before they are sent: login (on the login node, with low priority), node (in a small job; the answer then says packing until it has ended), or auto: login up to 10,000 new files, node above. Without effect on 'local', where they are read directly.")]
    [AllowedValues("auto", "login", "node")]
    public string? Combine { get; init; }

    /// <summary>The original's switch for combining first.</summary>
    [Description("The original's switch for combining waves first; what is not packed is always packed here.")]
    public bool? EnsureAllCombined { get; init; }

    /// <summary>The original's cap on combining again.</summary>
    [Description("The original's cap on combining a wave again; not used here: what failed is packed again by the next call.")]
    [Range(0, 100)]
    public int? CombinerMaxRetries { get; init; }

    /// <summary>The user's own reducer.</summary>
    [Description("Your own reducer: a command that reads HPC_RUN_ID and HPC_RESULTS_DIR and writes one JSON file to HPC_AGGREGATED_OUTPUT; run in the code snapshot, in place of the statistics.")]
    public string? AggregateCmd { get; init; }

    /// <summary>How long the reducer may take.</summary>
    [Description("Seconds that the reducer may take; default 1800.")]
    [Range(1, 1000000)]
    public int? TimeoutSec { get; init; }

    /// <summary>The original's mode.</summary>
    [Description("auto runs the reducer if there is one, combiner-only never, cluster-reduce always.")]
    [AllowedValues("auto", "combiner-only", "cluster-reduce")]
    public string? Mode { get; init; }
}
