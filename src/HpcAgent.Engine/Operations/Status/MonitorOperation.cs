using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Waits until a run has ended or the time is up. The run does not need anyone to wait.</summary>
public sealed class MonitorOperation : Operation<MonitorRequest, MonitorResult>
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

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
        long start = context.Clock.GetTimestamp();
        TimeSpan? budget = request.WallClockBudgetSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        (Runs.RunRecord record, Clusters.RunView view, RunStatus status) = await RunLookup.LookAsync(context, request.RunId, cancellationToken);
        int looks = 1;
        int blind = 0;
        while (true)
        {
            context.Looks?.Report(status);
            // One look that failed after many that did not says little.
            blind = status.State == LifecycleState.UnableToVerify ? blind + 1 : 0;
            TimeSpan elapsed = context.Clock.GetElapsedTime(start);
            bool isUp = budget is { } most && elapsed >= most;
            if (status.State is not (LifecycleState.InFlight or LifecycleState.UnableToVerify) || isUp || blind > 2)
            {
                LifecycleState state = status.State == LifecycleState.InFlight ? LifecycleState.Timeout : status.State;
                return new MonitorResult { Run = record.Run, Status = status, State = state, LookCount = looks, Elapsed = elapsed };
            }
            TimeSpan pause = request.PollIntervalSeconds is { } poll ? TimeSpan.FromSeconds(poll) : Pause(status, elapsed);
            if (budget is { } limit && limit - elapsed < pause) pause = limit - elapsed;
            await Task.Delay(pause, context.Clock, cancellationToken);
            status = await RunLookup.LookAgainAsync(context, record, view, cancellationToken);
            looks++;
        }
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
        writer.WriteNumber("ticks"u8, result.LookCount);
        writer.WriteNumber("elapsed_seconds"u8, Math.Round(result.Elapsed.TotalSeconds, 3));
        writer.WriteNull("escalation_reason"u8);
        writer.WriteEndObject();
    }

    // Quick at first, so that a short run is over at once; then a tenth of what is left. What waits in a queue or has no end to go by yet is
    // looked at less and less often, each minute at last.
    private static TimeSpan Pause(RunStatus status, TimeSpan elapsed)
    {
        TimeSpan early = elapsed / 10;
        bool isLocal = status.Cluster == "local";
        TimeSpan pause = isLocal && early < status.NextCheckAfter ? early : status.NextCheckAfter;
        if (!isLocal && status is { State: LifecycleState.InFlight, TasksPerSecond: null } && early > pause) pause = early < s_longestWait ? early : s_longestWait;
        return pause < s_shortestPause ? s_shortestPause : pause;
    }
}
