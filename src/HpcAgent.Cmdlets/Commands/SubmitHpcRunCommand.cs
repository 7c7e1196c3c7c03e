using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsLifecycle.Submit, "HpcRun", DefaultParameterSetName = ByCommand, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Run), typeof(RunStatus))]
public sealed class SubmitHpcRunCommand : PlanningCmdlet
{
    /// <summary>Waits for the end of the run and writes its status in place of the run.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    // Only asked what would be: then nothing is asked of the cluster either.
    private protected override bool IsDryRun => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given) ? given : SessionState.PSVariable.GetValue("WhatIfPreference"));

    private protected override async Task WorkAsync(SubmitRequest request, CancellationToken token)
    {
        OperationContext context = Context(ExperimentPath, steps: new Steps(step => Show(new ProgressRecord(1, "Submitting", step))));
        RunDraft draft = await SubmitOperation.DraftAsync(request, context, token);
        SubmitResult preview = await SubmitOperation.PreviewAsync(draft, context, token);
        if (!await OnPipelineAsync(() => Confirm(preview))) return;
        SubmitResult result = await SubmitOperation.SendAsync(draft, context, token);
        foreach (string warning in result.Warnings) Post(() => WriteWarning(warning));
        if (result.Run.Deduplicated)
            Post(() => WriteVerbose($"The same parameters, code, command and environment are the run {result.Run.RunId}; nothing was sent."));
        if (!Wait)
        {
            await WriteAsync(result.Run);
            return;
        }
        WatchBar bar = new();
        RunWatch watch = new(path => Context(path), look =>
        {
            if (bar.Take(look) is { } progress) Show(progress);
        });
        _ = await watch.WaitAsync(
            [new RunTarget(result.Run.RunId, result.Run.ExperimentPath)], new WatchOptions(), status => WriteAsync(status), (error, _) => Task.FromException(error), token);
    }

    private bool Confirm(SubmitResult preview)
    {
        Run run = preview.Run;
        string what = run.Deduplicated
            ? $"Nothing to send: the same parameters, code, command and environment are the run {run.RunId} ({run.State})"
            : string.Create(CultureInfo.InvariantCulture, $"Submit {run.RunId} to {run.Cluster}: {preview.Plan.Strategy}");
        string[] lines = [what, .. PlanText.Lines(preview)];
        string description = string.Join(System.Environment.NewLine + "         ", lines);
        return ShouldProcess(description, $"{description}{System.Environment.NewLine}Submit it?", "Submit-HpcRun");
    }

    private sealed class Steps(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
