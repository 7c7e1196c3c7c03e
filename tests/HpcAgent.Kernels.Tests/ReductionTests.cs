using System.Globalization;
using System.Text;

namespace HpcAgent.Kernels.Tests;

public sealed class ReductionTests
{
    [Fact]
    public void Kinds_are_counted_apart_and_missing_metrics_are_known()
    {
        IReadOnlyList<MetricSummary> metrics = Reduce(
            """{"a": 1, "b": 2}""", """{"a": NaN, "n_samples": 3}""", """{"a": -1e999}""", """{"a": "x"}""", """{"a": null}""", """{"a": 4, "n_samples": 2}""");
        MetricSummary a = metrics[0], b = metrics[1];
        Assert.Equal(["a", "b"], metrics.Select(m => m.Name));
        Assert.Equal((2, 0, 1, 1, 1, 1), (a.Count, a.MissingCount, a.NaNCount, a.InfiniteCount, a.TextCount, a.NullCount));
        Assert.Equal((1, 5), (b.Count, b.MissingCount));
        Assert.Equal(3, a.Mean);
        Assert.Equal(3, a.Weight);
        Assert.Equal(2.5, a.Median);
        Assert.Equal(4, a.Quantiles[1]);
        Assert.Null(b.Variance);
    }

    [Fact]
    public void A_metric_that_some_tasks_lack_is_averaged_over_those_that_have_it()
    {
        IReadOnlyList<MetricSummary> metrics = Reduce(
            """{"auc": 0.5, "loss": 1}""", """{"auc": 0.6, "loss": 2}""", """{"loss": 3}""", """{"auc": 0.8, "loss": 4}""");
        Assert.Equal("0.6333333333333333", metrics[0].Mean!.Value.ToString("R", CultureInfo.InvariantCulture));
        Assert.Equal(1, metrics[0].MissingCount);
    }

    [Fact]
    public void A_metric_of_only_text_has_counts_and_no_statistics()
    {
        MetricSummary summary = Assert.Single(Reduce("""{"a": "x"}""", """{"a": [1]}"""));
        Assert.Equal((0, 2), (summary.Count, summary.TextCount));
        Assert.Null(summary.Mean);
        Assert.Null(summary.Median);
        Assert.Null(summary.Min);
        Assert.Empty(summary.Quantiles);
    }

    [Fact]
    public void Any_split_over_instances_gives_the_same_bits()
    {
        Random random = new(13);
        for (int round = 0; round < 60; round++)
        {
            byte[][] documents = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Document(random, round))];
            string expected = Show(Split(documents, [.. documents.Select(_ => 0)], 1));
            int[] owner = [.. documents.Select(_ => random.Next(3))];
            int[] order = [.. Enumerable.Range(0, documents.Length)];
            random.Shuffle(order);
            byte[][] shuffled = [.. order.Select(i => documents[i])];
            Assert.Equal(expected, Show(Split(shuffled, owner, 3)));
        }
    }

    [Fact]
    public void Quantiles_without_values_are_a_fault_of_the_caller()
    {
        MetricNames names = new();
        Reduction reduction = new(names, 1, keepsValues: false);
        Assert.Throws<InvalidOperationException>(() => reduction.Summarize(0, [0.5]));
        Assert.Throws<ArgumentException>(() => reduction.Merge(new Reduction(names, 2, keepsValues: false)));
        Assert.Throws<ArgumentException>(() => reduction.Add(0, new MetricsReader(new MetricNames())));
        Assert.Empty(reduction.Summarize(0, []));
    }

    private static IReadOnlyList<MetricSummary> Reduce(params string[] documents)
    {
        byte[][] bytes = [.. documents.Select(Encoding.UTF8.GetBytes)];
        return Split(bytes, new int[bytes.Length], 1);
    }

    private static IReadOnlyList<MetricSummary> Split(byte[][] documents, int[] owner, int parts)
    {
        MetricsReader[] readers = [.. Enumerable.Range(0, parts).Select(_ => new MetricsReader(new MetricNames()))];
        Reduction[] reductions = [.. readers.Select(r => new Reduction(r.Names, 2, keepsValues: true))];
        for (int i = 0; i < documents.Length; i++)
        {
            MetricsReader reader = readers[owner[i]];
            Assert.True(reader.TryRead(documents[i], out _));
            reductions[owner[i]].Add(1, reader);
        }
        foreach (Reduction reduction in reductions[1..])
            reductions[0].Merge(reduction);
        Assert.Equal(documents.Length, reductions[0].RecordCount(1));
        Assert.Equal(0, reductions[0].RecordCount(0));
        return reductions[0].Summarize(1, [0, 0.05, 0.37, 1]);
    }

    private static byte[] Document(Random random, int round)
    {
        StringBuilder text = new("{");
        foreach (string name in new[] { "a", "b", "c" })
        {
            if (random.Next(4) > 0)
                text.Append(CultureInfo.InvariantCulture, $"\"{name}\": {DecimalText.Next(random, round % DecimalText.Kinds)}, ");
        }
        return Encoding.UTF8.GetBytes(text.Append("\"n_samples\": ").Append(round % 2 == 0 ? "1" : DecimalText.Weight(random)).Append('}').ToString());
    }

    private static string Show(IReadOnlyList<MetricSummary> metrics) => string.Join('\n', metrics.Select(m =>
        (m with { Quantiles = System.Collections.ObjectModel.ReadOnlyDictionary<double, double>.Empty }) + string.Join(' ', m.Quantiles)));

    [Fact]
    public void Smallest_and_largest_of_numbers_that_are_almost_equal()
    {
        Random random = new(12);
        for (int round = 0; round < 300; round++)
        {
            MetricNames names = new();
            MetricsReader reader = new(names);
            Reduction reduction = new(names, 1, keepsValues: false);
            (double min, double max) = (double.PositiveInfinity, double.NegativeInfinity);
            long start = random.NextInt64(1_000_000_000_000_000_000);
            string sign = round % 2 == 0 ? "-" : "";
            for (int i = 0; i < 100; i++)
            {
                string text = (start + random.Next(400)).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(19, '0');
                text = round % 3 == 0 ? $"{sign}{text[0]}.{text[1..]}" : $"{sign}0.{text}";
                (min, max) = (Math.Min(min, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)), Math.Max(max, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
                Assert.True(reader.TryRead(System.Text.Encoding.UTF8.GetBytes($"{{\"a\":{text}}}"), out _));
                reduction.Add(0, reader);
            }
            MetricSummary summary = reduction.Summarize(0, [])[0];
            Assert.Equal((min, max), (summary.Min, summary.Max));
        }
    }
}
