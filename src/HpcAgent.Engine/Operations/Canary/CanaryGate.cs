using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>
/// Sends a canary before a run, waits for it and judges it; only behind it is the run planned, with what the canary needed. The canary is a run like
/// any other, submitted exactly once: whoever stops waiting and asks again goes on with the one that is there.
/// </summary>
internal sealed class CanaryGate
{
    private const int LogLines = 10;

    private readonly RunDraft _main;
    private readonly CanaryWish _wish;
    private readonly OperationContext _context;
    private readonly CanaryChoice _choice;

    /// <param name="main">The run, with a wish for a canary.</param>
    /// <param name="context">Where and for whom.</param>
    public CanaryGate(RunDraft main, OperationContext context) =>
        (_main, _wish, _context, _choice) = (main, main.Spec.Canary!, context, new CanaryChoice(main, context));

    /// <summary>What would be done; from the journal, without any connection.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<CanaryStep> LookAsync(CancellationToken cancellationToken) => (await _choice.MakeAsync(0, isPreview: true, cancellationToken)).Step;

    /// <summary>Does it.</summary>
    /// <param name="cancellationToken">Ends the wait; the canary goes on.</param>
    /// <returns>What was done, and the draft of the run with the plan that follows from it.</returns>
    /// <exception cref="HpcException">The canary failed, has not ended in time, or needed more than is asked for: the run must not be sent.</exception>
    public async Task<(CanaryStep Step, RunDraft Main)> PassAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        for (int from = 0; ;)
        {
            (CanaryStep step, RunDraft? draft, int generation) = await _choice.MakeAsync(from, isPreview: false, cancellationToken);
            if (draft is null) return (step, _main);
            if (step.Action != CanaryAction.Reuse) step = await SendAsync(step, draft, cancellationToken);
            if (_wish.IsAlone) return (step, _main with { Spec = _main.Spec with { RunId = await MainNameAsync(step, cancellationToken) } });
            CanaryVerdict verdict = await new CanaryExamination(_context, step.RunId!, _wish.ExpectedOutputs).WaitAsync(_wish.WaitBudget, null, cancellationToken);
            if (step.Action == CanaryAction.Reuse && !verdict.Passed)
            {
                // It succeeded once, and something else is expected of it now.
                from = generation + 1;
                continue;
            }
            if (!verdict.Passed) throw Failed(verdict);
            return (step with { Verdict = verdict }, await PlanAsync(step, verdict, cancellationToken));
        }
    }

    // A run that the journal holds for live may have failed since; then it stands in nobody's way.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (await RunLookup.Store(_context).FindByIdentityAsync(_main.IdentitySha, cancellationToken) is { Kind: PriorRunKind.Live } live)
            _ = await RunLookup.LookAsync(_context, live.Record.Run.RunId, cancellationToken);
    }

    private async Task<CanaryStep> SendAsync(CanaryStep step, RunDraft draft, CancellationToken cancellationToken)
    {
        RunDraft named = step.Action == CanaryAction.Send ? draft with { Spec = draft.Spec with { RunId = step.RunId } } : draft;
        RunSubmitter submitter = new(RunLookup.Store(_context), _context.Clock, _context.Steps);
        (Run run, Wire _) = await submitter.SubmitAsync(named, cancellationToken);
        return step with { RunId = run.RunId, JobIds = run.JobIds };
    }

    private async Task<RunDraft> PlanAsync(CanaryStep step, CanaryVerdict verdict, CancellationToken cancellationToken)
    {
        CanaryOffer offer = new(_main.Spec.Plan, verdict);
        offer.Check();
        RunPlan plan = offer.Plan(request => _main.Spec.Cluster.Plan(_main.Tasks.Count, request));
        return _main.WithPlan(plan) with
        {
            Spec = _main.Spec with { RunId = await MainNameAsync(step, cancellationToken) },
            Warnings = [.. verdict.Warnings, .. offer.Warnings(), .. _main.Warnings],
        };
    }

    private async Task<string?> MainNameAsync(CanaryStep step, CancellationToken cancellationToken) =>
        _main.Spec.RunId ?? await CanaryName.MainAsync(RunLookup.Store(_context), _main, step.RunId!, cancellationToken);

    private static HpcException Failed(CanaryVerdict verdict)
    {
        string name = SnakeCase<CanaryFailureKind>.Write(verdict.Kind);
        (ErrorCode code, string remedy) = verdict.Kind switch
        {
            CanaryFailureKind.Timeout => (ErrorCode.ClusterTimeout, "The canary goes on. Submit again: it is waited for, and no other is sent."),
            CanaryFailureKind.UnableToVerify => (ErrorCode.ClusterPartiallyDegraded, "Submit again in a few minutes: the same canary is looked at. If it is gone for good, force_canary or HPC_AGENT_ALWAYS_CANARY=1 sends a new one."),
            CanaryFailureKind.Preempted => (ErrorCode.Preempted, "Submit again: a new canary is sent."),
            CanaryFailureKind.NodeFailure or CanaryFailureKind.Abandoned => (ErrorCode.RemoteCommandFailed, "Submit again: a new canary is sent."),
            CanaryFailureKind.MissingOutput => (ErrorCode.OutputsMissing, "Let the command write it, or correct what is expected, and submit again."),
            CanaryFailureKind.OomKilled => (ErrorCode.RemoteCommandFailed, "Ask for more memory (-Memory, memory) and submit again: a new canary is sent."),
            CanaryFailureKind.TimeLimit => (ErrorCode.RemoteCommandFailed, "Ask for more time (-Walltime, walltime) and submit again: a new canary is sent."),
            _ => (ErrorCode.RemoteCommandFailed, $"Mend the command or its surroundings and submit again: a new canary is sent. All of the log: Get-HpcLog {verdict.RunId} -TaskId 0, or logs --run-id {verdict.RunId} --task-id 0."),
        };
        string tail = CanaryText.Tail(verdict.LogTail, LogLines);
        string log = tail.Length == 0 ? "" : $" Its log {verdict.LogPath} ends:\n{tail}";
        return new HpcException(code, $"the canary {verdict.RunId} did not pass ({name}): {verdict.Details}. The run was not submitted.{log}", remedy) { Subject = verdict };
    }
}
