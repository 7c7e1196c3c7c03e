using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>An aggregate in JSON. Numbers are written so that they read back as the same double.</summary>
public static class AggregateJson
{
    /// <summary>Everything as a JSON document.</summary>
    /// <param name="aggregate">The aggregate.</param>
    public static byte[] ToBytes(Aggregate aggregate)
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content, new JsonWriterOptions { Indented = true })) Write(writer, aggregate);
        return content.ToArray();
    }

    /// <summary>Writes everything.</summary>
    /// <param name="writer">The writer, at the place of the object.</param>
    /// <param name="aggregate">The aggregate.</param>
    public static void Write(Utf8JsonWriter writer, Aggregate aggregate)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, aggregate.RunId);
        writer.WriteString("cmd_sha"u8, aggregate.CmdSha);
        writer.WriteString("identity_sha"u8, aggregate.IdentitySha);
        ResultJson.WriteList(writer, "group_by", aggregate.GroupBy);
        writer.WriteNumber("total_tasks"u8, aggregate.TaskCount);
        writer.WriteNumber("used_tasks"u8, aggregate.UsedCount);
        writer.WriteBoolean("complete"u8, aggregate.IsComplete);
        writer.WriteBoolean("is_partial"u8, !aggregate.IsComplete);
        writer.WriteNumber("missing_count"u8, aggregate.MissingTaskIds.Count);
        writer.WriteString("input_digest"u8, aggregate.InputDigest);
        writer.WriteStartArray("missing_tasks"u8);
        foreach (long id in aggregate.MissingTaskIds) writer.WriteNumberValue(id);
        writer.WriteEndArray();
        writer.WriteStartArray("problems"u8);
        foreach (AggregateProblem problem in aggregate.Problems)
        {
            writer.WriteStartObject();
            writer.WriteNumber("task_id"u8, problem.TaskId);
            writer.WriteString("path"u8, problem.Path);
            writer.WriteString("message"u8, problem.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("groups"u8);
        foreach (AggregateGroup group in aggregate.Groups) WriteGroup(writer, group);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes the means alone, as the original does: from grid key to metric to mean.</summary>
    /// <param name="writer">The writer, at the place of the object.</param>
    /// <param name="aggregate">The aggregate.</param>
    public static void WriteMeans(Utf8JsonWriter writer, Aggregate aggregate)
    {
        writer.WriteStartObject();
        HashSet<string> used = new(StringComparer.Ordinal);
        foreach (AggregateGroup group in aggregate.Groups)
        {
            // The original joins the values by '_' and so lets 'x y' and 'x_y' fall together; a number keeps them apart here.
            string key = GridKey.Of(group.Key);
            for (int n = 2; !used.Add(key); n++) key = $"{GridKey.Of(group.Key)}~{n.ToString(CultureInfo.InvariantCulture)}";
            writer.WriteStartObject(key);
            foreach (MetricSummary metric in group.Metrics)
                if (metric.Mean is { } mean) writer.WriteNumber(metric.Name, mean);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    internal static void WriteGroup(Utf8JsonWriter writer, AggregateGroup group)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("key"u8);
        foreach ((string name, object? value) in group.Key)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(CanonicalJson.ToBytes(value), skipInputValidation: true);
        }
        writer.WriteEndObject();
        writer.WriteNumber("task_count"u8, group.TaskCount);
        writer.WriteNumber("missing_count"u8, group.MissingCount);
        writer.WriteStartObject("metrics"u8);
        foreach (MetricSummary metric in group.Metrics) WriteMetric(writer, metric);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteMetric(Utf8JsonWriter writer, MetricSummary metric)
    {
        writer.WriteStartObject(metric.Name);
        writer.WriteNumber("count"u8, metric.Count);
        Number(writer, "weight", metric.Weight);
        Number(writer, "sum", metric.Sum);
        Number(writer, "mean", metric.Mean);
        Number(writer, "variance", metric.Variance);
        Number(writer, "sd", metric.StandardDeviation);
        Number(writer, "se", metric.StandardError);
        Number(writer, "min", metric.Min);
        Number(writer, "max", metric.Max);
        if (metric.Median is not null) Number(writer, "median", metric.Median);
        if (metric.Quantiles.Count > 0)
        {
            writer.WriteStartObject("quantiles"u8);
            foreach ((double probability, double value) in metric.Quantiles)
                Number(writer, probability.ToString("R", CultureInfo.InvariantCulture), value);
            writer.WriteEndObject();
        }
        Some(writer, "missing", metric.MissingCount);
        Some(writer, "nan", metric.NaNCount);
        Some(writer, "infinite", metric.InfiniteCount);
        Some(writer, "text", metric.TextCount);
        Some(writer, "null", metric.NullCount);
        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }

    private static void Some(Utf8JsonWriter writer, string name, long count)
    {
        if (count > 0) writer.WriteNumber(name, count);
    }
}
