using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Waits until a run has ended or the time is up. The run does not need anyone to wait.</summary>
public sealed class MonitorOperation : Operation<MonitorRequest, MonitorResult>
{
    /// <inheritdoc />
    public override string Name => "monitor-flow";

    /// <inheritdoc />
    public override string Summary => "Waits until a run has ended or the time is up.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Workflow;

    /// <inheritdoc />
    protected override JsonTypeInfo<MonitorRequest> RequestType => RequestJson.Default.MonitorRequest;

    /// <inheritdoc />
    public override async Task<MonitorResult> ExecuteAsync(
        MonitorRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        WatchOptions options = new()
        {
            Until = request.Until ?? WatchGoal.Ended,
            Timeout = request.WallClockBudgetSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Interval = request.PollIntervalSeconds is { } poll ? TimeSpan.FromSeconds(poll) : null,
            OnChange = request.OnChange,
            AutoRetry = RetryPolicyReader.TryRead(request.AutoRetry),
        };
        WatchedRun? last = null;
        List<string> warnings = [];
        await foreach (WatchedRun look in new RunWatcher(_ => context).WatchAsync([(request.RunId, context.ExperimentPath)], options, cancellationToken))
        {
            if (look.Status is { } status && look.Error is null) context.Looks?.Report(status);
            warnings.AddRange(look.Warnings);
            last = look;
        }
        if (last!.Error is { } error) ExceptionDispatchInfo.Throw(error);
        RunRecord record = await RunLookup.FindAsync(context, request.RunId, cancellationToken);
        return new MonitorResult
        {
            Run = record.Run,
            Status = last.Status! with { Warnings = [.. last.Status!.Warnings, .. warnings] },
            State = last.Status!.State,
            AutoRetries = AutoRetry.RoundsOf(record),
            LookCount = last.LookCount,
            Elapsed = last.Elapsed,
        };
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, MonitorResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.Run.RunId);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(result.State));
        ResultJson.WriteStatus(writer, result.Status, null);
        writer.WriteStartArray("combined_waves"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("failed_waves"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("auto_retries"u8);
        foreach (AutoRetryRound round in result.AutoRetries) ResumeJson.WriteRound(writer, round);
        writer.WriteEndArray();
        writer.WriteNumber("ticks"u8, result.LookCount);
        writer.WriteNumber("elapsed_seconds"u8, Math.Round(result.Elapsed.TotalSeconds, 3));
        writer.WriteNull("escalation_reason"u8);
        writer.WriteEndObject();
    }
}
