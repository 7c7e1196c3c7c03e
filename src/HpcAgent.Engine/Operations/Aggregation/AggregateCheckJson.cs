using System.Text.Json;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>The answer of verify-aggregation-complete: the original's fields (reference 5.12) first, ours behind them.</summary>
internal static class AggregateCheckJson
{
    public static void Write(Utf8JsonWriter writer, AggregateCheck check)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok"u8, check.IsComplete);
        writer.WriteString("run_id"u8, check.RunId);
        writer.WriteBoolean("all_waves_combined"u8, Holds(check, "all_waves_combined"));
        Numbers(writer, "missing_waves", check.MissingWaves.Select(w => (long)w));
        writer.WriteBoolean("all_tasks_present"u8, Holds(check, "all_tasks_present"));
        Numbers(writer, "missing_tasks", check.MissingTaskIds);
        Numbers(writer, "unexpected_tasks", check.UnexpectedTaskIds);
        Numbers(writer, "duplicate_tasks", check.DuplicateTaskIds);
        ResultJson.WriteList(writer, "unexpected_aggregated_keys", check.UnexpectedKeys);
        writer.WriteBoolean("provenance_present"u8, Holds(check, "provenance_present"));
        writer.WriteBoolean("columns_checked"u8, check.Of("columns").State != InvariantState.NotChecked);
        ResultJson.WriteList(writer, "expected_columns", check.ExpectedColumns);
        writer.WriteStartArray("column_violations"u8);
        foreach (ColumnViolation violation in check.ColumnViolations)
        {
            writer.WriteStartObject();
            writer.WriteString("path"u8, violation.Path);
            if (violation.Row is { } row) writer.WriteNumber("row"u8, row);
            else writer.WriteNull("row"u8);
            writer.WriteString("message"u8, violation.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("expected_wave_count"u8, check.ExpectedWaveCount);
        writer.WriteNumber("pulled_wave_count"u8, check.PulledWaveCount);
        writer.WriteNumber("expected_task_count"u8, check.ExpectedTaskCount);
        writer.WriteNumber("pulled_task_count"u8, check.PulledTaskCount);
        writer.WriteString("recorded_digest"u8, check.RecordedDigest);
        writer.WriteString("computed_digest"u8, check.ComputedDigest);
        WriteInvariants(writer, check);
        writer.WriteStartArray("problems"u8);
        foreach (AggregateProblem problem in check.Problems)
        {
            writer.WriteStartObject();
            writer.WriteNumber("task_id"u8, problem.TaskId);
            writer.WriteString("path"u8, problem.Path);
            writer.WriteString("message"u8, problem.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteInvariants(Utf8JsonWriter writer, AggregateCheck check)
    {
        writer.WriteStartArray("invariants"u8);
        foreach (AggregateInvariant invariant in check.Invariants)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, invariant.Name);
            writer.WriteString("state"u8, invariant.State switch { InvariantState.Held => "held", InvariantState.Violated => "violated", _ => "not_checked" });
            writer.WriteString("message"u8, invariant.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static bool Holds(AggregateCheck check, string name) => check.Of(name).State == InvariantState.Held;

    private static void Numbers(Utf8JsonWriter writer, string name, IEnumerable<long> values)
    {
        writer.WriteStartArray(name);
        foreach (long value in values) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
