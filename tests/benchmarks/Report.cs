using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HpcAgent.Benchmarks;

/// <summary>The table for people and the JSON for programs.</summary>
internal sealed class Report(IReadOnlyDictionary<string, string> versions, Settings settings)
{
    private readonly List<(IFigure Figure, Samples Samples, string Load)> _figures = [];

    public bool IsAllMet => _figures.All(f => f.Figure.Rows.All(r => r.IsMet(f.Samples) is not false));

    /// <summary>The load average of the last minute.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";

    public void Add(IFigure figure, Samples samples, string load) => _figures.Add((figure, samples, load));

    public void Print()
    {
        List<string[]> lines = [["what", "ours", "median (min-max)", "peer", "median (min-max)", "ours/peer (min-max)", "target", ""]];
        foreach ((IFigure figure, Samples samples, _) in _figures)
            foreach (Row row in figure.Rows) lines.Add(Line(row, samples));
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(i => lines.Max(line => line[i].Length))];
        foreach (string[] line in lines)
            Console.WriteLine(string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        Console.WriteLine();
        Console.WriteLine($"{settings.Rounds} rounds, ours and peer in turn; {Environment.ProcessorCount} processors; hpc-agent: {settings.Form}, {settings.Cli}");
        Console.WriteLine($"load average: {string.Join("; ", _figures.Select(f => $"{f.Figure.Name} {f.Load}"))}");
        Console.WriteLine($"versions: {string.Join(", ", versions.Select(v => $"{v.Key} {v.Value}"))}");
    }

    /// <summary>Writes the page that is kept with the project.</summary>
    public Task WriteDocumentAsync()
    {
        StringBuilder text = new("# Benchmarks\n\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"Written by `tests/benchmarks/run --all --document docs/benchmarks.md` on {DateTimeOffset.UtcNow:yyyy-MM-dd}, with {Environment.ProcessorCount} processors. ")
            .Append(CultureInfo.InvariantCulture, $"Each figure is the median of {settings.Rounds} rounds (least to most), ours and the peer's in turn; the ratio is taken round by round. ")
            .Append("Absolute times differ between machines; the ratios are the measure. All single values are in the JSON file beside this page.\n");
        foreach ((IFigure figure, Samples samples, _) in _figures)
        {
            if (samples.Series.Count == 0) continue;
            _ = text.Append(CultureInfo.InvariantCulture, $"\n## {figure.Name}\n\n{figure.About}\n\n")
                .Append("| what | ours | median (min-max) | peer | median (min-max) | ours/peer (min-max) | target | |\n|---|---|---|---|---|---|---|---|\n");
            foreach (Row row in figure.Rows)
            {
                if (samples.Of(row.Ours).Count == 0 || (row.Peer is not null && samples.Of(row.Peer).Count == 0)) continue;
                _ = text.Append("| ").AppendJoin(" | ", Line(row, samples).Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
            }
        }
        _ = text.Append(CultureInfo.InvariantCulture, $"\n## Conditions\n\nhpc-agent: {settings.Form}.\n\nLoad average before and after each: {string.Join("; ", _figures.Select(f => $"{f.Figure.Name} {f.Load}"))}.\n\n")
            .Append(CultureInfo.InvariantCulture, $"Versions: {string.Join(", ", versions.Select(v => $"{v.Key} {v.Value}"))}.\n");
        File.Copy(settings.Output, Path.ChangeExtension(settings.Document, ".json"), overwrite: true);
        return File.WriteAllTextAsync(settings.Document, text.ToString());
    }

    public async Task WriteJsonAsync()
    {
        using FileStream file = File.Create(settings.Output);
        await using Utf8JsonWriter writer = new(file, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("at", DateTimeOffset.UtcNow);
        writer.WriteNumber("rounds", settings.Rounds);
        writer.WriteNumber("processors", Environment.ProcessorCount);
        writer.WriteString("hpc_agent", settings.Form);
        writer.WriteStartObject("versions");
        foreach ((string name, string version) in versions) writer.WriteString(name, version);
        writer.WriteEndObject();
        writer.WriteStartArray("figures");
        foreach ((IFigure figure, Samples samples, string load) in _figures)
        {
            writer.WriteStartObject();
            writer.WriteString("name", figure.Name);
            writer.WriteString("load", load);
            writer.WriteStartObject("series");
            foreach ((string name, List<double> values) in samples.Series) WriteNumbers(writer, name, values);
            writer.WriteEndObject();
            writer.WriteStartArray("rows");
            foreach (Row row in figure.Rows) WriteRow(writer, row, samples);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string[] Line(Row row, Samples samples)
    {
        IReadOnlyList<double> ours = samples.Of(row.Ours);
        IReadOnlyList<double> peer = row.Peer is null ? [] : samples.Of(row.Peer);
        double[] ratios = row.Ratios(samples);
        string target = row.Target is not { } t ? "" : $"{(row.MoreIsBetter ? ">=" : "<=")} {Number(t)}{(row.Peer is null ? $" {row.Unit}" : "")}";
        string verdict = row.IsMet(samples) switch { true => "met", false => "MISSED", null => "" };
        return [row.Figure, Shown(row.Ours), Spread(ours, row.Unit), Shown(row.Peer ?? ""), row.Peer is null ? "" : Spread(peer, row.Unit), Spread(ratios, "x"), target, verdict];
    }

    // What follows the mark tells series of different sizes apart, which the first column does too.
    private static string Shown(string series) => series.Split(" @")[0];

    private static string Spread(IReadOnlyList<double> values, string unit) =>
        values.Count == 0 ? "-" : $"{Number(Samples.Median(values))} {unit} ({Number(values.Min())}-{Number(values.Max())})";

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);

    private static void WriteRow(Utf8JsonWriter writer, Row row, Samples samples)
    {
        writer.WriteStartObject();
        writer.WriteString("what", row.Figure);
        writer.WriteString("ours", row.Ours);
        if (row.Peer is not null) writer.WriteString("peer", row.Peer);
        writer.WriteString("unit", row.Unit);
        if (row.Peer is not null) WriteNumbers(writer, "ratios", row.Ratios(samples));
        if (row.Target is { } target) writer.WriteNumber("target", target);
        if (row.IsMet(samples) is { } met) writer.WriteBoolean("met", met);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
            if (double.IsFinite(value)) writer.WriteNumberValue(Math.Round(value, 4));
        writer.WriteEndArray();
    }
}
