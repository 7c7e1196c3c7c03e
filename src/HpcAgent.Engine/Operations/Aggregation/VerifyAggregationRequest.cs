using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>Asks whether an aggregate holds all of its run and nothing else.</summary>
[InputSchema("verify-aggregation-complete")]
[Description("Says whether an aggregate holds all of its run and nothing else, and whether it comes out the same when it is made again.")]
public sealed record VerifyAggregationRequest
{
    /// <summary>The run.</summary>
    [Description("The run; it may be left out if combiner_dir is an archive that keep_waves wrote, or combiner_dir_local.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public string? RunId { get; init; }

    /// <summary>Where waves are.</summary>
    [Description("A folder with the waves: packed (*.ndjson, *.ndjson.gz; also combiner_dir_local of aggregate-flow) or the original's partials (wave_N.json). Default: the results of the tasks themselves; of a run on a cluster its packs, compared with them.")]
    public string? CombinerDir { get; init; }

    /// <summary>Where tables are.</summary>
    [Description("A folder whose *.csv must have the columns that the run's record names. Default: the results of the tasks.")]
    public string? ResultsDir { get; init; }

    /// <summary>Where the aggregate was written.</summary>
    [Description("The folder with the aggregate.json of aggregate-flow; default combiner_dir if it is there, else _aggregated/<run_id> in the experiment.")]
    public string? OutputDir { get; init; }
}
