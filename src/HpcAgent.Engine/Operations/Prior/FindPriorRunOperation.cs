using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Prior;

/// <summary>Finds the newest run with the same parameters.</summary>
public sealed class FindPriorRunOperation : Operation<FindPriorRunRequest, PriorRunReport>
{
    /// <inheritdoc />
    public override string Name => "find-prior-run";

    /// <inheritdoc />
    public override string Summary => "Finds the newest run of this experiment with the same parameters.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<FindPriorRunRequest> RequestType => RequestJson.Default.FindPriorRunRequest;

    /// <inheritdoc />
    public override Task<PriorRunReport> ExecuteAsync(
        FindPriorRunRequest request, OperationContext context, CancellationToken cancellationToken) =>
        RunLookup.Store(context).FindByCmdShaAsync(request.CmdSha, cancellationToken: cancellationToken);

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, PriorRunReport result)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("found"u8, result.Found);
        writer.WriteString("prior_run_id"u8, result.PriorRunId);
        writer.WriteBoolean("is_orphan"u8, result.IsOrphan);
        writer.WriteString("status"u8, result.Status is { } state ? ResultJson.Name(state) : null);
        if (result.AgeSeconds is { } age) writer.WriteNumber("age_sec"u8, age);
        else writer.WriteNull("age_sec"u8);
        writer.WriteString("profile"u8, result.Profile);
        writer.WriteString("cluster"u8, result.Cluster);
        ResultJson.WriteList(writer, "job_ids", result.JobIds);
        writer.WriteString("campaign_id"u8, result.CampaignId);
        ResultJson.WriteTime(writer, "submitted_at", result.SubmittedAt);
        if (result.Found) ResultJson.WriteNextCheck(writer, LookPace.Unseen(result.Status ?? LifecycleState.UnableToVerify, result.Cluster ?? "", TimeSpan.FromSeconds(result.AgeSeconds ?? 0)));
        writer.WriteEndObject();
    }
}
