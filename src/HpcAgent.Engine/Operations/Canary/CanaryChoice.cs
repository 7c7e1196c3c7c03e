using System.Globalization;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Decides from the journal alone what is done about a canary (reference 5.11).</summary>
internal sealed class CanaryChoice
{
    private readonly RunDraft _main;
    private readonly CanaryWish _wish;
    private readonly RunStore _store;
    private readonly TimeProvider _clock;

    /// <param name="main">The run, with a wish for a canary.</param>
    /// <param name="context">Where and for whom.</param>
    public CanaryChoice(RunDraft main, OperationContext context) =>
        (_main, _wish, _store, _clock) = (main, main.Spec.Canary!, RunLookup.Store(context), context.Clock);

    /// <summary>Decides.</summary>
    /// <param name="from">The first canary of its kind that may stand for this one; those before it were found wanting.</param>
    /// <param name="isPreview">True if nothing follows: the name of a new canary is then as vague as that of its run.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>What is done, the draft of the canary where one is sent or gone on with, and which of its kind it is.</returns>
    public async Task<(CanaryStep Step, RunDraft? Draft, int Generation)> MakeAsync(int from, bool isPreview, CancellationToken cancellationToken)
    {
        if (await _store.FindByIdentityAsync(_main.IdentitySha, cancellationToken) is { } prior)
            return (Skip($"no canary: the run {prior.Record.Run.RunId} is there already"), null, 0);
        if (_main.Spec.RunId is { } chosen && await _store.FindAsync(chosen, cancellationToken) is { Journal.EventCount: > 0 })
            return (Skip($"no canary: there is a run {chosen}"), null, 0);
        if (!_wish.IsForced && !_wish.IsAlone && _main.Tasks.Count <= _wish.SkipThreshold)
            return (Skip(FewTasks()), null, 0);
        string task = CanaryText.Task(CanaryDraft.Find(_main));
        for (int generation = from; ; generation++)
        {
            RunDraft draft = CanaryDraft.Create(_main, generation);
            PriorRun? canary = await _store.FindByIdentityAsync(draft.IdentitySha, cancellationToken);
            if (canary is null) return (await NewAsync(task, isPreview, cancellationToken), draft, generation);
            Run run = canary.Record.Run;
            if (_wish.IsForced && canary is { Kind: PriorRunKind.Live, Record.Journal.LastObserved: LifecycleState.UnableToVerify }) continue;
            if (canary.Kind != PriorRunKind.Complete)
                return (Of(CanaryAction.Resume, run, $"canary: {run.RunId}, sent before, is waited for: {task}"), draft, generation);
            if (!_wish.IsForced && Age(canary.Record) is var age && age < _wish.Lifetime)
                return (Of(CanaryAction.Reuse, run, $"canary: {run.RunId} ended well {CanaryText.Time(age)} ago and stands for this one: {task}"), draft, generation);
        }
    }

    private async Task<CanaryStep> NewAsync(string task, bool isPreview, CancellationToken cancellationToken)
    {
        string name = isPreview && _main.Spec.RunId is null
            ? $"{_main.Spec.Name}-<time>-{_main.IdentitySha[..8]}-canary"
            : await CanaryName.NewAsync(_store, _main, _clock.GetUtcNow(), cancellationToken);
        string then = _wish.IsAlone
            ? "the run itself is not submitted now"
            : "the run follows only if it succeeds, and takes time and memory from it where none are given";
        return new CanaryStep { Action = CanaryAction.Send, RunId = name, Summary = $"canary: {task} is sent first, alone, as {name}; {then}" };
    }

    private string FewTasks() => _main.Tasks.Count == 1
        ? "no canary: the run has one task, which would be the same"
        : string.Create(CultureInfo.InvariantCulture, $"no canary: the run has {_main.Tasks.Count} tasks, no more than canary_skip_threshold, which is {_wish.SkipThreshold}");

    private TimeSpan Age(RunRecord record)
    {
        TimeSpan age = _clock.GetUtcNow() - (record.Journal.EndedAt ?? record.Journal.ObservedAt ?? record.Run.SubmittedAt);
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    private static CanaryStep Skip(string why) => new() { Action = CanaryAction.Skip, Summary = why };

    private static CanaryStep Of(CanaryAction action, Run run, string summary) => new() { Action = action, RunId = run.RunId, JobIds = run.JobIds, Summary = summary };
}
