using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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
        (RunSpec spec, IReadOnlyList<string> warnings) = await SpecOfRequest.CreateAsync(request, context, cancellationToken);
        RunDraft draft = await RunDraft.CreateAsync(spec, cancellationToken);
        RunStore store = RunLookup.Store(context);
        warnings = [.. warnings, .. draft.Warnings];
        if (request.DryRun) return await PreviewAsync(draft, store, warnings, cancellationToken);
        RunSubmitter submitter = new(store, context.Clock, context.Steps);
        (Run run, Wire wire) = await submitter.SubmitAsync(draft, cancellationToken);
        return new SubmitResult { Run = run, Plan = draft.Plan, Warnings = warnings, Wire = wire };
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
        writer.WriteBoolean("main_launched"u8, !result.IsDryRun);
        ResultJson.WritePlan(writer, result.Plan);
        ResultJson.WriteList(writer, "warnings", result.Warnings);
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

    private static async Task<SubmitResult> PreviewAsync(
        RunDraft draft, RunStore store, IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        PriorRun? prior = await store.FindByIdentityAsync(draft.IdentitySha, cancellationToken);
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
        return new SubmitResult { Run = preview, Plan = draft.Plan, IsDryRun = true, Warnings = warnings };
    }
}
