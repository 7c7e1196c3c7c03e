using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Efficiency;

/// <summary>Says what the tasks of a run used of what they asked for.</summary>
public sealed class EfficiencyOperation : Operation<EfficiencyRequest, RunEfficiency>
{
    /// <inheritdoc />
    public override string Name => "efficiency";

    /// <inheritdoc />
    public override string Summary => "Says what the tasks of a run used of what they asked for, and what to ask for next time.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<EfficiencyRequest> RequestType => RequestJson.Default.EfficiencyRequest;

    /// <inheritdoc />
    public override async Task<RunEfficiency> ExecuteAsync(EfficiencyRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, request.RunId, cancellationToken, wantsUsage: true);
        IEnumerable<RunTaskStatus> tasks = Ids(record.Run.TaskCount).Select(id => view.Ledger.ToStatus(record.Run.RunId, id, status.ObservedAt));
        RunEfficiency report = EfficiencyReport.Of(record.Run, new AskedResources(record.Sidecar?.Plan, record.Arrays), tasks);
        return report with { Notes = [.. report.Notes, .. status.Warnings] };
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, RunEfficiency result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteString("cluster"u8, result.Cluster);
        writer.WriteNumber("total_tasks"u8, result.TaskCount);
        writer.WriteNumber("measured_tasks"u8, result.MeasuredCount);
        WriteResources(writer, "asked", result.Asked);
        WriteUsed(writer, result);
        WriteNumber(writer, "cpu_efficiency", result.CpuEfficiency);
        WriteNumber(writer, "memory_efficiency", result.MemoryEfficiency);
        WriteNumber(writer, "walltime_efficiency", result.WalltimeEfficiency);
        writer.WriteNumber("allocated_core_hours"u8, Math.Round(result.AllocatedCoreHours, 6));
        WriteNumber(writer, "used_core_hours", result.UsedCoreHours);
        writer.WriteNumber("wasted_core_hours"u8, Math.Round(result.WastedCoreHours, 6));
        WriteResources(writer, "suggested", result.Suggested);
        ResultJson.WriteList(writer, "notes", result.Notes);
        writer.WriteEndObject();
    }

    private static IEnumerable<long> Ids(long count)
    {
        for (long id = 0; id < count; id++) yield return id;
    }

    private static void WriteUsed(Utf8JsonWriter writer, RunEfficiency result)
    {
        writer.WriteStartObject("used"u8);
        WriteNumber(writer, "median_elapsed_sec", result.MedianElapsed?.TotalSeconds);
        WriteNumber(writer, "longest_elapsed_sec", result.LongestElapsed?.TotalSeconds);
        WriteNumber(writer, "median_queue_wait_sec", result.MedianQueueWait?.TotalSeconds);
        if (result.PeakMemoryBytes is { } peak) writer.WriteNumber("peak_memory_bytes"u8, peak);
        writer.WriteNumber("peak_memory_tasks"u8, result.PeakMemoryCount);
        writer.WriteNumber("cpu_time_tasks"u8, result.CpuTimeCount);
        writer.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter writer, string name, ResourceRequest resources)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("cpus"u8, resources.Cpus);
        if (resources.MemoryBytes is { } bytes) writer.WriteNumber("memory_bytes"u8, bytes);
        if (resources.Walltime is { } limit) writer.WriteNumber("walltime_sec"u8, limit.TotalSeconds);
        if (resources.Gpus > 0) writer.WriteNumber("gpus"u8, resources.Gpus);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, Math.Round(number, 6));
    }
}
