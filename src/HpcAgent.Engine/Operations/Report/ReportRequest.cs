using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Report;

/// <summary>Asks for the report of a run.</summary>
[InputSchema("export-report")]
[Description("Writes one HTML file that shows a run: its course, what its tasks used, why some failed, and its aggregate.")]
public sealed record ReportRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The file.</summary>
    [Description("The file to write; default _aggregated/<run_id>/report.html in the experiment.")]
    public string? Output { get; init; }

    /// <summary>The parameters.</summary>
    [Description("The parameters to group by and to draw metrics against; without it every distinct set of parameters is a group, and each parameter that varies is drawn.")]
    public IReadOnlyList<string>? By { get; init; }

    /// <summary>The metrics.</summary>
    [Description("The metrics to show; * and ? stand for any text and any character. Without it all.")]
    public IReadOnlyList<string>? Metrics { get; init; }

    /// <summary>Whether any file is replaced.</summary>
    [Description("Replace a file that is there already even if it is no report.")]
    public bool Overwrite { get; init; }
}
