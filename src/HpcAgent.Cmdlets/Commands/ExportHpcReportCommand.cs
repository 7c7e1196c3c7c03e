using System.Management.Automation;
using HpcAgent.Engine.Operations.Report;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsData.Export, "HpcReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportHpcReportCommand : RunCmdlet
{
    private const string Ending = ".html";

    private string? _path;

    [Parameter(Position = 1)]
    public string? Path { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(ParameterNameCompleter))]
    public string[]? By { get; set; }

    [Parameter]
    [SupportsWildcards]
    public string[]? Metric { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    // Without the short name that it has elsewhere, which is this cmdlet's own parameter.
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public override string? ExperimentPath { get; set; }

    protected override bool HasDefaultRuns => true;

    protected override void BeginProcessing() => _path = Path is null ? null : ResolvePath(Path);

    private protected override async Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        bool isFile = _path is not null && !Directory.Exists(_path) && _path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);
        if (isFile && targets.Count > 1)
            throw new HpcException(ErrorCode.SpecInvalid, $"{targets.Count} runs cannot share the file {_path}", "Give a folder; each run gets a file of its name in it.");
        await ForEachAsync(targets, async target =>
        {
            string output = ReportOperation.PathOf(_path is null || isFile ? _path : System.IO.Path.Combine(_path, target.RunId + Ending), target.RunId, target.ExperimentPath);
            if (!await OnPipelineAsync(() => ShouldProcess(output, $"Write the report of {target.RunId}"))) return;
            Show(new ProgressRecord(1, $"Making the report of {target.RunId}", "Looking at the run and its results"));
            ReportRequest request = new() { RunId = target.RunId, Output = output, By = By, Metrics = Metric, Overwrite = Force };
            ReportResult result = await new ReportOperation().ExecuteAsync(request, Context(target.ExperimentPath), token);
            // As Get-Item gives it, or its table would lack mode and size.
            await OnPipelineAsync(() => WriteObject(
                InvokeProvider.Item.Get([$@"Microsoft.PowerShell.Core\FileSystem::{result.Path}"], force: true, literalPath: true), enumerateCollection: true));
        });
    }
}
