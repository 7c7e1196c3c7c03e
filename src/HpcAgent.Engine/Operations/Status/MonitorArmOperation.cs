using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Decides when whoever watches a run should be woken next. It asks nothing and changes nothing.</summary>
public sealed class MonitorArmOperation : Operation<MonitorArmRequest, (MonitorArmRequest Request, MonitorArm Arm)>
{
    /// <inheritdoc />
    public override string Name => "decide-monitor-arm";

    /// <inheritdoc />
    public override string Summary => "Decides when whoever watches a run should be woken next.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<MonitorArmRequest> RequestType => RequestJson.Default.MonitorArmRequest;

    /// <inheritdoc />
    public override Task<(MonitorArmRequest Request, MonitorArm Arm)> ExecuteAsync(
        MonitorArmRequest request, OperationContext context, CancellationToken cancellationToken) => Task.FromResult((request, MonitorArm.Decide(request)));

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, (MonitorArmRequest Request, MonitorArm Arm) result)
    {
        (MonitorArmRequest request, MonitorArm arm) = result;
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, request.RunId);
        writer.WriteString("arm"u8, arm.Arm);
        writer.WriteNumber("cadence_sec"u8, arm.CadenceSeconds);
        writer.WriteString("reason"u8, arm.Reason);
        writer.WriteString("schedule"u8, arm.Schedule);
        writer.WriteString("armed_line"u8, arm.Schedule is null
            ? $"run_id={request.RunId} arm={arm.Arm}: {arm.Reason}"
            : string.Create(CultureInfo.InvariantCulture, $"run_id={request.RunId} arm=cron every {arm.CadenceSeconds} s ({arm.Schedule}): {arm.Reason}"));
        WriteCron(writer, request, arm);
        ResultJson.WriteNextCheck(writer, TimeSpan.FromSeconds(arm.CadenceSeconds));
        writer.WriteEndObject();
    }

    private static void WriteCron(Utf8JsonWriter writer, MonitorArmRequest request, MonitorArm arm)
    {
        if (arm.Schedule is null)
        {
            writer.WriteNull("cron_create_args"u8);
            return;
        }
        writer.WriteStartObject("cron_create_args"u8);
        writer.WriteString("cron"u8, arm.Schedule);
        IReadOnlyList<string> words = request.InvocationArgv is { Count: > 0 } given ? given : ["hpc-agent", "status", "--run-id", request.RunId];
        writer.WriteString("prompt"u8, string.Join(' ', words.Select(ShellQuote.WhereNeeded)));
        writer.WriteBoolean("recurring"u8, true);
        writer.WriteEndObject();
    }
}
