using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations.Receive;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommunications.Receive, "HpcResult", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ReceivedResults))]
public sealed class ReceiveHpcResultCommand : TaskCmdlet
{
    [Parameter]
    public string? Destination { get; set; }

    [Parameter]
    [SupportsWildcards]
    public string[] Pattern { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter AsWave { get; set; }

    [Parameter]
    public SwitchParameter AsObject { get; set; }

    protected override bool HasDefaultRuns => true;

    private string _destination = "";

    protected override void BeginProcessing()
    {
        if (AsWave && AsObject)
            Terminate(ErrorRecords.From(new HpcException(ErrorCode.SpecInvalid, "-AsWave writes an archive and -AsObject opens files", "Give one of the two."), null));
        _destination = ResolvePath(Destination);
    }

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            // Without a destination, and for several runs, each has its own folder: they all have a task 0.
            string folder = Destination is null || targets.Count > 1 ? Path.Combine(_destination, target.RunId) : _destination;
            if (!await OnPipelineAsync(() => ShouldProcess(folder, $"Copy results of {target.RunId}"))) return;
            List<(long TaskId, string Path)> files = [];
            ReceiveRequest request = new()
            {
                Received = AsObject ? (task, path) => files.Add((task, path)) : null,
                RunId = target.RunId,
                Destination = folder,
                Patterns = Pattern,
                TaskIds = TasksOf(target),
                Overwrites = Force,
            };
            if (AsWave)
            {
                await WriteAsync(await ReceiveOperation.PackAsync(request, Context(target.ExperimentPath), token));
                return;
            }
            ReceivedResults result = await new ReceiveOperation().ExecuteAsync(
                request, Context(target.ExperimentPath), new FileProgress(count => Show(Progress(target, count))), token);
            if (result.IncompleteCount > 0)
                Post(() => WriteWarning($"{target.RunId}: {result.IncompleteCount} tasks are not complete; nothing was copied of them."));
            Post(() =>
            {
                foreach (string warning in result.Warnings.Take(5)) WriteWarning($"{target.RunId}: {warning}");
                if (result.Warnings.Count > 5) WriteWarning($"{target.RunId}: {result.Warnings.Count - 5} more files were not taken.");
            });
            if (!AsObject) await WriteAsync(result);
            else foreach ((long task, string path) in files) await OnPipelineAsync(() => ResultObjects.Write(this, target.RunId, task, path));
        });

    private static ProgressRecord Progress(RunTarget target, long count) =>
        new(1, $"Copying results of {target.RunId}", string.Create(CultureInfo.InvariantCulture, $"{count} files"));

    private sealed class FileProgress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
