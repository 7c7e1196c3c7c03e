using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace HpcAgent.Kernels.Tests;

/// <summary>A reader that has seen other documents must read each as one that has seen none.</summary>
public sealed class DocumentShapeTests
{
    private static readonly string[] s_parts =
    [
        "\"a\":", "\"b\": ", "\"n_samples\":", "\"c\":{\"d\":", "}", "{", ",", ", ", " ", "1", "0", "-0", "-1", "0.5", "1e3", "1e999", "-2.5E-7", "01", "1.", "NaN",
        "-Infinity", "null", "true", "\"x\"", "[1,2]", "12345678901234567890123", "0.1234567890123456789", "\uFEFF", "\n", "\"\u00e9\":", "\"a long key of more than 16 bytes\":",
    ];

    [Fact]
    public void What_was_read_before_changes_nothing() => Prop.ForAll<int>(seed =>
    {
        Random random = new(seed);
        MetricsReader reader = new(new MetricNames());
        string last = "{\"a\":1}";
        for (int i = 0; i < 60; i++)
        {
            last = Next(random, last);
            byte[] text = Encoding.UTF8.GetBytes(last);
            string expected = Show(new MetricsReader(new MetricNames()), text);
            string found = Show(reader, text);
            if (expected != found) throw new InvalidOperationException($"document {i}: {last}\nfresh: {expected}\nused:  {found}");
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Documents_of_one_shape_are_read_number_by_number()
    {
        MetricsReader reader = new(new MetricNames());
        Random random = new(3);
        for (int i = 0; i < 2000; i++)
        {
            double a = Sample.Next(random, i % Sample.Kinds);
            string written = a.ToString("R", CultureInfo.InvariantCulture);
            Assert.True(reader.TryRead(Encoding.UTF8.GetBytes($"{{\"a\": {written}, \"n_samples\": {i}, \"b\": {{\"c\": -{i}.25}}, \"s\": \"x\"}}\n"), out MetricsProblem? problem));
            Assert.Null(problem);
            Assert.Equal([double.Parse(written, CultureInfo.InvariantCulture), double.Parse($"-{i}.25", CultureInfo.InvariantCulture), 0], reader.Values.ToArray().Select(v => v.Value));
            Assert.Equal([MetricKind.Number, MetricKind.Number, MetricKind.Text], reader.Values.ToArray().Select(v => v.Kind));
            Assert.Equal(i, reader.Weight);
        }
    }

    // Mostly another number in the same text; sometimes anything.
    private static string Next(Random random, string last)
    {
        switch (random.Next(6))
        {
            case 0:
                StringBuilder any = new("{");
                for (int k = random.Next(6); k > 0; k--) any.Append(s_parts[random.Next(s_parts.Length)]);
                return any.Append('}').ToString();
            case 1:
                return $"{{\"a\":{Number(random)},\"c\":{{\"d\":{Number(random)}}},\"n_samples\":{Number(random)}}}";
            case 2 when last.Length > 1:
                return last[..random.Next(1, last.Length)];
            case 3 when last.Length > 1:
                return last.Insert(random.Next(1, last.Length), s_parts[random.Next(s_parts.Length)]);
            default:
                int digit = last.IndexOfAny("0123456789".ToCharArray(), random.Next(last.Length));
                return digit < 0 ? last : last[..digit] + random.Next(10) + last[(digit + 1)..];
        }
    }

    private static string Number(Random random) => s_parts[random.Next(9, 22)];

    private static string Show(MetricsReader reader, byte[] text)
    {
        bool usable = reader.TryRead(text, out MetricsProblem? problem);
        StringBuilder shown = new(string.Create(CultureInfo.InvariantCulture, $"{usable} {problem} weight {BitConverter.DoubleToInt64Bits(reader.Weight):x}"));
        foreach (MetricValue value in reader.Values)
        {
            shown.Append(CultureInfo.InvariantCulture, $" {reader.Names.Names[value.Metric]}={value.Kind}:{BitConverter.DoubleToInt64Bits(value.Value):x}");
            if (value.Kind == MetricKind.Number) shown.Append(CultureInfo.InvariantCulture, $"={value.Number.ToExact(reader.LongDigits).ToDouble():R}");
        }
        return shown.ToString();
    }
}
