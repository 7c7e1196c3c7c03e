using System.Collections;
using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Operations.Submit;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsLifecycle.Resume, "HpcRun", SupportsShouldProcess = true)]
[OutputType(typeof(RunResumption))]
public sealed class ResumeHpcRunCommand : TaskCmdlet
{
    [Parameter]
    public FailureCategory? Category { get; set; }

    [Parameter]
    [MemoryTransformation]
    public long? Memory { get; set; }

    [Parameter]
    [WalltimeTransformation]
    public TimeSpan? Walltime { get; set; }

    [Parameter]
    [ValidateRange(0, 1000)]
    public int? Gpus { get; set; }

    [Parameter]
    public IDictionary? Resource { get; set; }

    [Parameter]
    [AllowEmptyCollection]
    public string[]? ExcludeNode { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? MaxConcurrent { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public string? RequestId { get; set; }

    protected override bool HasDefaultRuns => true;

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            bool isDeclined = false;
            RunResumption result = await ResumeOperation.ExecuteAsync(Request(target), Context(target.ExperimentPath), ConfirmAsync, token);
            // Said in any case: what is left needs a person.
            foreach (ResumeRefusal left in result.Left) Post(() => WriteWarning($"{target.RunId}: left as they are: {left}"));
            if (result.Plan is null) Post(() => WriteVerbose($"{target.RunId}: nothing runs again."));
            if (!isDeclined) await WriteAsync(result);

            async Task<bool> ConfirmAsync(RunResumption preview)
            {
                isDeclined = !await OnPipelineAsync(() => ShouldProcess(Description(target, preview), Question(target, preview), "Resume"));
                return !isDeclined;
            }
        });

    private ResumeRequest Request(RunTarget target)
    {
        SubmitRequest place = SiteResource.Add(Resource, new SubmitRequest());
        if (place.Account is not null || place.ParallelEnvironment is not null || place.SubmitFlags is not null)
            throw new HpcException(ErrorCode.SpecInvalid, "-Resource names what stays as the run was submitted", "Of a run that is there it takes partition, qos, constraint, queue and gpu_type.");
        return Request(target, place);
    }

    private ResumeRequest Request(RunTarget target, SubmitRequest place) => new()
    {
        RunId = target.RunId,
        FailedTaskIds = TasksOf(target)?.ToArray(),
        Category = Category is { } category ? FailureCategoryName.Of(category) : null,
        Overrides = new ResumeOverrides
        {
            Memory = Memory is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes}B") : null,
            Walltime = Walltime is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}s") : null,
            Gpus = Gpus,
            GpuType = place.GpuType,
            Constraint = place.Constraint,
            Partition = place.Partition,
            Qos = place.Qos,
            Queue = place.Queue,
            ExcludeNodes = ExcludeNode,
        },
        MaxConcurrent = MaxConcurrent,
        Force = Force,
        RequestId = RequestId,
    };

    private static string Description(RunTarget target, RunResumption preview)
    {
        List<string> lines = [$"{target.RunId} on {preview.Cluster}: {preview.Plan?.Strategy}"];
        lines.AddRange(preview.Groups.Select(g => g.ToString()));
        if (preview.ExcludedNodes.Count > 0) lines.Add($"not on: {string.Join(", ", preview.ExcludedNodes)}");
        return string.Join(System.Environment.NewLine + "  ", lines);
    }

    private static string Question(RunTarget target, RunResumption preview) =>
        string.Create(CultureInfo.InvariantCulture, $"Run {preview.ResumedCount} failed tasks of {target.RunId} again?");
}
