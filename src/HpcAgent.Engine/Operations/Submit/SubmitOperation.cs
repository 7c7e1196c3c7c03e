using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Operations.Canary;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Submit;

/// <summary>Submits runs, exactly once each.</summary>
public sealed class SubmitOperation : Operation<SubmitRequest, SubmitResult>
{
    /// <inheritdoc />
    public override string Name => "submit-flow";

    /// <inheritdoc />
    public override string Summary => "Submits a run, or several as {\"specs\":[...]}; the same request made again returns the run that is there.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Submit;

    /// <inheritdoc />
    protected override JsonTypeInfo<SubmitRequest> RequestType => RequestJson.Default.SubmitRequest;

    /// <inheritdoc />
    public override async Task<SubmitResult> ExecuteAsync(
        SubmitRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        RunDraft draft = await DraftAsync(request, context, cancellationToken);
        return request.DryRun
            ? await PreviewAsync(draft, context, cancellationToken)
            : await SendAsync(draft, context, cancellationToken);
    }

    /// <summary>Checks and identifies a submission; nothing is sent or written. For faces that ask before they send.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="HpcException">It cannot work.</exception>
    public static async Task<RunDraft> DraftAsync(SubmitRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        (RunSpec spec, IReadOnlyList<string> warnings) = await SpecOfRequest.CreateAsync(request, context, cancellationToken);
        if (!request.DryRun) await spec.Cluster.PrepareAsync(isFresh: false, cancellationToken);
        RunDraft draft = await RunDraft.CreateAsync(spec, cancellationToken);
        return draft with { Warnings = [.. warnings, .. draft.Warnings] };
    }

    /// <summary>Sends a draft, behind its canary if it has one, or returns the run that is already there.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Stops between steps, never in the middle of one. A canary that was sent goes on.</param>
    /// <exception cref="HpcException">It cannot be sent, or not now.</exception>
    public static async Task<SubmitResult> SendAsync(RunDraft draft, OperationContext context, CancellationToken cancellationToken)
    {
        // What is there already, whole or in part, is found and not sent again.
        if (await RunLookup.Store(context).FindByIdentityAsync(draft.IdentitySha, cancellationToken) is null) await draft.RequireRoomAsync(cancellationToken);
        if (draft.Spec.Canary is not { } wish) return await SendMainAsync(draft, context, cancellationToken);
        (CanaryStep step, RunDraft main) = await new CanaryGate(draft, context).PassAsync(cancellationToken);
        if (!wish.IsAlone)
        {
            SubmitResult sent = await SendMainAsync(main, context, cancellationToken);
            bool isWithout = step.Action == CanaryAction.Skip && !sent.Run.Deduplicated;
            return sent with { Canary = step, Warnings = isWithout ? [step.Summary, .. sent.Warnings] : sent.Warnings };
        }
        SubmitResult without = await PreviewMainAsync(main, context, cancellationToken);
        return without with { IsDryRun = false, IsMainLaunched = without.Run.Deduplicated, Canary = step };
    }

    private static async Task<SubmitResult> SendMainAsync(RunDraft draft, OperationContext context, CancellationToken cancellationToken)
    {
        RunSubmitter submitter = new(RunLookup.Store(context), context.Clock, context.Steps);
        (Run run, Wire wire) = await submitter.SubmitAsync(draft, cancellationToken);
        string? other = run.Deduplicated ? await OtherPolicyAsync(draft, run, context, cancellationToken) : null;
        return new SubmitResult { Run = run, Plan = draft.Plan, Warnings = other is null ? draft.Warnings : [other, .. draft.Warnings], Wire = wire };
    }

    // The record of a run is written once.
    private static async Task<string?> OtherPolicyAsync(RunDraft draft, Run run, OperationContext context, CancellationToken cancellationToken)
    {
        if (draft.Spec.AutoRetry is not { } wanted) return null;
        RunRecord? found = await RunLookup.Store(context).FindAsync(run.RunId, cancellationToken);
        return found?.Sidecar?.AutoRetry?.GetRawText() == wanted.GetRawText()
            ? null
            : $"the run {run.RunId} is there already and keeps the auto_retry that it was submitted with; whoever watches it can give another one (monitor-flow, Wait-HpcRun, Watch-HpcRun)";
    }

    /// <summary>What sending a draft would give.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<SubmitResult> PreviewAsync(RunDraft draft, OperationContext context, CancellationToken cancellationToken)
    {
        SubmitResult main = await PreviewMainAsync(draft, context, cancellationToken);
        return draft.Spec.Canary is null ? main : main with { Canary = await new CanaryGate(draft, context).LookAsync(cancellationToken) };
    }

    private static async Task<SubmitResult> PreviewMainAsync(RunDraft draft, OperationContext context, CancellationToken cancellationToken)
    {
        PriorRun? prior = await RunLookup.Store(context).FindByIdentityAsync(draft.IdentitySha, cancellationToken);
        Run preview = prior is not null ? prior.Record.Run with { Deduplicated = true } : new Run
        {
            RunId = draft.Spec.RunId ?? $"{draft.Spec.Name}-<time>-{draft.IdentitySha[..8]}",
            Cluster = draft.Spec.Cluster.Name,
            TaskCount = draft.Tasks.Count,
            CmdSha = draft.Tasks.CmdSha,
            IdentitySha = draft.IdentitySha,
            Command = draft.Spec.Command,
            ExperimentPath = draft.Spec.ExperimentPath,
            RemotePath = draft.RemotePath,
            ResultPath = "",
            SubmittedAt = default,
        };
        return new SubmitResult { Run = preview, Plan = draft.Plan, IsDryRun = true, Warnings = draft.Warnings };
    }

    /// <inheritdoc />
    public override Task<Action<Utf8JsonWriter>> ExecuteJsonAsync(
        JsonElement input, OperationContext context, CancellationToken cancellationToken) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty("specs", out JsonElement specs) && specs.ValueKind == JsonValueKind.Array
            ? ExecuteBatchAsync(input, specs, context, cancellationToken)
            : base.ExecuteJsonAsync(input, context, cancellationToken);

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, SubmitResult result)
    {
        writer.WriteStartObject();
        ResultJson.WriteRun(writer, result.Run);
        writer.WriteBoolean("deduped"u8, result.Run.Deduplicated);
        writer.WriteBoolean("dry_run"u8, result.IsDryRun);
        writer.WriteBoolean("main_launched"u8, !result.IsDryRun && result.IsMainLaunched);
        if (result.Canary is { } canary) CanaryJson.WriteStep(writer, canary);
        ResultJson.WritePlan(writer, result.Plan);
        ResultJson.WriteList(writer, "warnings", result.Warnings);
        ResultJson.WriteNextCheck(writer, result.IsDryRun ? TimeSpan.Zero : LookPace.Unseen(result.Run.State, result.Run.Cluster, TimeSpan.Zero));
        ResultJson.WriteWire(writer, result.Wire);
        writer.WriteEndObject();
    }

    // Each spec stands for itself: what was submitted before one of them failed stays submitted, and the answer says which failed.
    private async Task<Action<Utf8JsonWriter>> ExecuteBatchAsync(
        JsonElement input, JsonElement specs, OperationContext context, CancellationToken cancellationToken)
    {
        foreach (JsonProperty property in input.EnumerateObject())
        {
            if (property.Name != "specs")
                throw new HpcException(ErrorCode.SpecInvalid, $"'{property.Name}' cannot stand beside 'specs'", "Put it into each of the specs.");
        }
        List<Action<Utf8JsonWriter>> results = [];
        int index = 0;
        foreach (JsonElement spec in specs.EnumerateArray())
        {
            try
            {
                results.Add(await base.ExecuteJsonAsync(spec, context, cancellationToken));
            }
            catch (HpcException e)
            {
                throw new HpcException(
                    e.Code,
                    $"specs[{index}]: {e.Message} ({results.Count} of {specs.GetArrayLength()} specs before it were submitted)",
                    $"{e.Remediation ?? ErrorCatalogue.Entry(e.Code).Remediation} Send the whole batch again: what was submitted is found, not sent twice.",
                    e);
            }
            index++;
        }
        return writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("results"u8);
            foreach (Action<Utf8JsonWriter> write in results) write(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        };
    }
}
