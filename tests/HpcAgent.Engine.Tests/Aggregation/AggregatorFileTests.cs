using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public sealed class AggregatorFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_are_reduced_by_group_with_what_is_missing()
    {
        for (int task = 0; task < 10; task++)
        {
            if (task != 3)
                _folder.WriteMetrics(task, $$"""{"eval": {"acc": 0.5}, "loss": {{task}}.5 }""");
        }
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 10, "lr"));
        Assert.Equal(("r1", "c", "i"), (aggregate.RunId, aggregate.CmdSha, aggregate.IdentitySha));
        Assert.Equal((10, 9), (aggregate.TaskCount, aggregate.UsedCount));
        Assert.Equal([3], aggregate.MissingTaskIds);
        Assert.Empty(aggregate.Problems);
        Assert.False(aggregate.IsComplete);
        Assert.Equal(["lr"], aggregate.GroupBy);
        Assert.Equal([0.1, 0.01], aggregate.Groups.Select(group => group.Key["lr"]));
        Assert.Equal([(5, 0), (5, 1)], aggregate.Groups.Select(group => (group.TaskCount, group.MissingCount)));
        Assert.Equal(["eval.acc", "loss"], aggregate.Groups[1].Metrics.Select(metric => metric.Name));
        MetricSummary loss = aggregate.Groups[1].Metrics[1];
        Assert.Equal((4, 6.0, 1.5, 9.5), (loss.Count, loss.Mean!.Value, loss.Min!.Value, loss.Max!.Value));
        Assert.Null(loss.Median);
        Assert.Empty(loss.Quantiles);
    }

    [Fact]
    public async Task Without_grouping_there_is_one_group_and_the_tasks_are_not_read()
    {
        _folder.WriteMetrics(0, """{"x": 1}""");
        AggregationRequest request = Experiment.Request(new ResultFiles(_folder.PathOf), 1) with { Tasks = Refused() };
        Aggregate aggregate = await Experiment.RunAsync(request);
        Assert.True(aggregate.IsComplete);
        Assert.Empty(Assert.Single(aggregate.Groups).Key);

        static IEnumerable<RunTask> Refused()
        {
            Assert.Fail("The tasks are not needed.");
            yield break;
        }
    }

    [Fact]
    public async Task What_cannot_be_used_is_missing_and_told_with_its_place()
    {
        _folder.WriteMetrics(0, "");
        _folder.WriteMetrics(1, "{\n  \"loss\": 1,\n  \"loss\": 2\n}");
        Directory.CreateDirectory(_folder.PathOf(2));
        _folder.WriteMetrics(3, """{"loss": 1234567890123456789012345678901234567890}""");
        _folder.WriteMetrics(4, """{"loss": 1, "n_samples": -2}""");
        _folder.WriteMetrics(5, """{"loss": 3}""");
        AggregationRequest request = Experiment.Request(new ResultFiles(_folder.PathOf), 7) with { MaxRecordBytes = 40 };
        Aggregate aggregate = await Experiment.RunAsync(request);
        Assert.Equal([0, 1, 2, 3, 6], aggregate.MissingTaskIds);
        Assert.Equal([0, 1, 2, 3, 4], aggregate.Problems.Select(problem => problem.TaskId));
        Assert.Equal(
            [
                $"{_folder.PathOf(0)} is empty, or not a regular file",
                $"{_folder.PathOf(1)}:3:3: the key \"loss\" occurs twice",
                $"{_folder.PathOf(2)} is a folder, not a file",
                $"{_folder.PathOf(3)} is larger than 40 bytes",
                $"{_folder.PathOf(4)}:1:26: n_samples is negative and was counted as 1",
            ],
            aggregate.Problems.Select(problem => problem.Message));
        Assert.Equal(_folder.PathOf(1), aggregate.Problems[1].Path);
        Assert.Equal(2, aggregate.Groups[0].Metrics[0].Mean);
        Assert.Equal(5, aggregate.Groups[0].MissingCount);
    }

    [SkippableFact]
    public async Task Links_are_followed_and_a_pipe_is_not_waited_for()
    {
        Skip.If(OperatingSystem.IsWindows(), "Pipes are not files there.");
        _folder.WriteMetrics(1, """{"x": 1}""");
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(0))!);
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start("mkfifo", [_folder.PathOf(0)]);
        await process.WaitForExitAsync();
        Link(_folder.PathOf(0), 2);
        Link(_folder.PathOf(1), 3);
        Link(_folder.PathOf(9), 4);
        Link(_folder.Path, 5);
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 6));
        Assert.Equal([0, 2, 4, 5], aggregate.MissingTaskIds);
        Assert.Equal([0, 2, 5], aggregate.Problems.Select(problem => problem.TaskId).Where(task => task != 4));
        Assert.Equal(1, aggregate.Groups[0].Metrics[0].Mean);

        void Link(string target, long task)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(task))!);
            File.CreateSymbolicLink(_folder.PathOf(task), target);
        }
    }

    [Fact]
    public async Task A_file_larger_than_the_buffer_is_read_whole()
    {
        string big = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"metric number {i}\": {i}"));
        _folder.WriteMetrics(0, "{" + big + "}");
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new ResultFiles(_folder.PathOf), 1));
        Assert.Equal(20_000, aggregate.Groups[0].Metrics.Count);
        Assert.All(aggregate.Groups[0].Metrics, metric => Assert.EndsWith($" {metric.Sum}", metric.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_chosen_tasks_are_used_and_the_others_are_missing()
    {
        for (int task = 0; task < 4; task++)
            _folder.WriteMetrics(task, $$"""{"x": {{task}}}""");
        AggregationRequest request = Experiment.Request(new ResultFiles(_folder.PathOf), 4);
        Aggregate aggregate = await Experiment.RunAsync(request with { TaskIds = [3, 1] });
        Assert.Equal([0, 2], aggregate.MissingTaskIds);
        Assert.Equal(2, aggregate.Groups[0].Metrics[0].Mean);
        HpcException error = await Assert.ThrowsAsync<HpcException>(() => Experiment.RunAsync(request with { TaskIds = [4] }));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
    }

    [Fact]
    public async Task Threads_and_reruns_change_no_bit()
    {
        Random random = new(21);
        for (int task = 0; task < 1500; task++)
        {
            if (random.Next(20) == 0)
                continue;
            double wild = (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-900, 900));
            _folder.WriteMetrics(task, FormattableString.Invariant(
                $$"""{"a": {{random.NextDouble()}}, {{(random.Next(3) == 0 ? "" : $"\"m{task % 7}\": {wild},")}} "n_samples": {{random.Next(4)}}}"""));
        }
        _folder.WriteMetrics(7, "{");
        AggregationRequest request = Experiment.Request(new ResultFiles(_folder.PathOf), 1500, "lr")
            with
        { Probabilities = [0.05, 0.5, 0.999] };
        string[] shown = await Task.WhenAll(new[] { 1, 2, 2, 5, 0 }
            .Select(async threads => Experiment.Show(await Experiment.RunAsync(request with { ThreadCount = threads }))));
        Assert.All(shown, one => Assert.Equal(shown[0], one));
        Assert.Contains("0.999", shown[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_stops_when_it_is_cancelled()
    {
        using CancellationTokenSource source = new();
        AggregationRequest request = Experiment.Request(
            new ResultFiles(task =>
            {
                source.Cancel();
                return _folder.PathOf(task);
            }),
            100_000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Aggregator.AggregateAsync(request, source.Token));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public async Task A_probability_out_of_range_is_refused(double probability)
    {
        AggregationRequest request = Experiment.Request(new ResultFiles(_folder.PathOf), 1) with { Probabilities = [probability] };
        HpcException error = await Assert.ThrowsAsync<HpcException>(() => Experiment.RunAsync(request));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
    }
}
