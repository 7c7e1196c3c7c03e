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

    /// <summary>Sends one real task first and the run only if it succeeds.</summary>
    [Parameter]
    public SwitchParameter Canary { get; set; }

    /// <summary>The task that is sent first.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long CanaryTask { get; set; }

    /// <summary>Files that the task must leave.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? CanaryOutput { get; set; }

    /// <summary>Failed tasks are sent again by whoever watches the run.</summary>
    [Parameter]
    public SwitchParameter AutoRetry { get; set; }

    /// <summary>Which, and how often: what stands behind AutoRetry.</summary>
    [Parameter(Position = 1)]
    public object? RetryPolicy { get; set; }

    // Only asked what would be: then nothing is asked of the cluster either.
    private protected override bool IsDryRun => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given) ? given : SessionState.PSVariable.GetValue("WhatIfPreference"));

    private protected override async Task WorkAsync(SubmitRequest request, CancellationToken token)
    {
        OperationContext context = Context(
            ExperimentPath,
            looks: new Reports<RunStatus>(canary => Show(CanaryProgress.Of(canary))),
            steps: new Reports<string>(step => Show(new ProgressRecord(1, "Submitting", step))));
        bool? autoRetry = MyInvocation.BoundParameters.ContainsKey(nameof(AutoRetry)) ? AutoRetry.IsPresent : null;
        request = request with { AutoRetry = RetryWish.Of(autoRetry, RetryPolicy) };
        RunDraft draft = await SubmitOperation.DraftAsync(WithCanary(request), context, token);
        SubmitResult preview = await SubmitOperation.PreviewAsync(draft, context, token);
        if (!await OnPipelineAsync(() => Confirm(preview))) return;
        SubmitResult result = await SubmitOperation.SendAsync(draft, context, token);
        foreach (string warning in result.Warnings) Post(() => WriteWarning(warning));
        if (result.Run.Deduplicated)
            Post(() => WriteVerbose($"The same parameters, code, command and environment are the run {result.Run.RunId}; nothing was sent."));
        if (result.Canary?.Verdict is { } canary) Post(() => Tell(canary, result.Plan));
        if (!Wait)
        {
            await WriteAsync(result.Run);
            return;
        }
        WatchBar bar = new();
        RunWatch watch = new(path => Context(path), look =>
        {
            foreach (string warning in look.Warnings) Post(() => WriteWarning($"{look.RunId}: {warning}"));
            if (WatchText.Retry(look) is { } again) Post(() => WriteInformation(new HostInformationMessage { Message = again }, ["PSHOST"]));
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
        string[] lines = preview.Canary is { } canary ? [what, canary.Summary, .. PlanText.Lines(preview)] : [what, .. PlanText.Lines(preview)];
        string description = string.Join(System.Environment.NewLine + "         ", lines);
        return ShouldProcess(description, $"{description}{System.Environment.NewLine}Submit it?", "Submit-HpcRun");
    }

    // Whoever sits before it waits for the end without a limit, and even two tasks are worth it if he says so. HPC_AGENT_ALWAYS_CANARY counts
    // where nothing is said.
    private SubmitRequest WithCanary(SubmitRequest request)
    {
        bool isGiven = MyInvocation.BoundParameters.ContainsKey(nameof(Canary));
        bool isMeant = CanaryOutput is not null || MyInvocation.BoundParameters.ContainsKey(nameof(CanaryTask));
        return request with
        {
            Canary = isGiven ? Canary.IsPresent : isMeant ? true : null,
            CanaryTask = CanaryTask,
            CanaryExpectOutput = CanaryOutput,
            CanarySkipThreshold = 1,
            CanaryWaitBudgetSec = 1e9,
        };
    }

    private void Tell(CanaryVerdict canary, RunPlan plan)
    {
        foreach (string assumption in plan.Assumptions) WriteVerbose(assumption);
        string text = $"Canary {canary.RunId} passed: {canary.Details}. Each task of the run asks for {PlanText.Resources(plan.Resources)}.";
        WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);
    }

    private sealed class Reports<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
