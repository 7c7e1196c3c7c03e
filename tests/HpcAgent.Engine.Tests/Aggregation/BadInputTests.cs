using System.Text;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>The rows of the table in docs/aggregation.md that no other test shows.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_a_gigabyte_is_refused_by_its_size_and_not_read()
    {
        _folder.WriteMetrics(0, "{}");
        using (FileStream file = new(_folder.PathOf(0), FileMode.Open)) file.SetLength(1L << 30);
        _folder.WriteMetrics(1, "{\"x\": 1}");
        // Of this thread alone: other tests run beside this one.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(MetricsFile.TryRead(new ReductionWorker(0, keepsValues: false), _folder.PathOf(0), AggregationRequest.DefaultMaxRecordBytes, out _, out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 2));
        Assert.Equal([0], aggregate.MissingTaskIds);
        Assert.EndsWith("is larger than 67108864 bytes", Assert.Single(aggregate.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_names_that_differ_by_task_are_all_there()
    {
        for (int task = 0; task < 100; task++)
            _folder.WriteMetrics(task, "{" + string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"m{task * 100 + i}\": {i}")) + "}");
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 100));
        IReadOnlyList<MetricSummary> metrics = aggregate.Groups[0].Metrics;
        Assert.Equal(10_000, metrics.Count);
        Assert.All(metrics, m => Assert.Equal((1, 99), (m.Count, m.MissingCount)));
    }

    [Theory]
    [InlineData("{\"x\": 1, \"x\": 2}", "the key \"x\" occurs twice")]
    [InlineData("{\"x\": }", "expected a value")]
    [InlineData("", "is empty, or not a regular file")]
    [InlineData("[1]", "the document is not an object")]
    public async Task A_document_that_cannot_be_used_is_missing_and_told(string text, string message)
    {
        _folder.WriteMetrics(0, text);
        await ExpectMissing(message);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_and_deep_nesting_are_told_with_their_place()
    {
        _folder.WriteMetrics(0, "");
        File.WriteAllBytes(_folder.PathOf(0), [.. "{\n\"x\": \""u8, 0xff, .. "\"}"u8]);
        await ExpectMissing(":2:7: text that is not UTF-8");
        _folder.WriteMetrics(0, string.Concat(Enumerable.Repeat("{\"a\":", 65)) + "1" + new string('}', 65));
        await ExpectMissing("nested more than 64 deep");
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e400")]
    public async Task A_number_beyond_doubles_counts_as_infinite_and_goes_into_no_mean(string number)
    {
        _folder.WriteMetrics(0, $"{{\"x\": {number}, \"y\": 2}}");
        _folder.WriteMetrics(1, "{\"x\": 4, \"y\": 2}");
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 2));
        Assert.Equal((1, 1, 4.0), (aggregate.Groups[0].Metrics[0].Count, aggregate.Groups[0].Metrics[0].InfiniteCount, aggregate.Groups[0].Metrics[0].Mean));
        Assert.True(aggregate.IsComplete);
    }

    [Fact]
    public async Task Zero_weight_counts_and_weighs_nothing_and_a_negative_one_is_told_and_taken_for_one()
    {
        _folder.WriteMetrics(0, "{\"x\": 100, \"n_samples\": 0}");
        _folder.WriteMetrics(1, "{\"x\": 1, \"n_samples\": 3}");
        _folder.WriteMetrics(2, "{\"x\": 5, \"n_samples\": -3}");
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 3));
        MetricSummary metric = aggregate.Groups[0].Metrics[0];
        Assert.Equal((3, 4.0, 2.0), (metric.Count, metric.Weight, metric.Mean));
        Assert.Contains("n_samples is negative and was counted as 1", Assert.Single(aggregate.Problems).Message, StringComparison.Ordinal);
        _folder.WriteMetrics(1, "{\"x\": 1, \"n_samples\": 0}");
        _folder.WriteMetrics(2, "{\"x\": 5, \"n_samples\": 0.0}");
        metric = (await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 3))).Groups[0].Metrics[0];
        Assert.Equal((3, 0.0, null, 1.0, 100.0), (metric.Count, metric.Weight, metric.Mean, metric.Min, metric.Max));
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_read_again_and_in_the_end_refused()
    {
        _folder.WriteMetrics(0, "{\"x\": 1}");
        ReductionWorker worker = new(0, keepsValues: false);
        int changes = 0;
        void ChangeOnce()
        {
            if (changes++ == 0) File.WriteAllText(_folder.PathOf(0), "{\"x\": 22}");
        }
        Assert.True(MetricsFile.TryRead(worker, _folder.PathOf(0), 1000, out int length, out _, ChangeOnce));
        Assert.Equal(("{\"x\": 22}", 2), (Encoding.UTF8.GetString(worker.Buffer[..length]), changes));
        Assert.False(MetricsFile.TryRead(worker, _folder.PathOf(0), 1000, out _, out string? reason, () => File.AppendAllText(_folder.PathOf(0), " ")));
        Assert.EndsWith("changes while it is read", reason, StringComparison.Ordinal);
    }

    private async Task ExpectMissing(string message)
    {
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 1));
        Assert.Equal([0], aggregate.MissingTaskIds);
        Assert.Contains(message, Assert.Single(aggregate.Problems).Message, StringComparison.Ordinal);
    }
}
