using System.Globalization;
using System.Text;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public sealed class AggregatorPackedTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packed_records_give_the_same_as_files()
    {
        Random random = new(31);
        StringBuilder packed = new();
        // Over 1 MiB, so that lines cross the borders of ranges.
        string filling = new('x', 900);
        foreach (int task in Enumerable.Range(0, 3000).OrderBy(_ => random.Next()))
        {
            string metrics = string.Create(
                CultureInfo.InvariantCulture, $$"""{"a": {{random.NextDouble()}}, "b": {"c": {{random.Next()}}e{{random.Next(-300, 290)}}, "t": "{{filling}}"} """);
            _folder.WriteMetrics(task, metrics + "}");
            packed.Append(CultureInfo.InvariantCulture, $"{{\"task\":{task},\"metrics\":{metrics}}}}}").Append('\n');
        }
        string path = _folder.Write("wave.ndjson", packed.ToString());
        AggregationRequest files = Experiment.Request(new ResultFiles(_folder.PathOf), 3000, "lr") with { Probabilities = [0.9] };
        string expected = Experiment.Show(await Experiment.RunAsync(files));
        Assert.StartsWith("3000/3000", expected, StringComparison.Ordinal);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            AggregationRequest request = files with { Source = new PackedResults([path]), ThreadCount = threads };
            Assert.Equal(expected, Experiment.Show(await Experiment.RunAsync(request)));
        }
    }

    [Fact]
    public async Task The_last_record_of_a_task_counts()
    {
        string first = _folder.Write("1.ndjson", Lines((0, "1"), (1, "10"), (0, "2")));
        string second = _folder.Write("2.ndjson", Lines((1, "20"), (2, "30"), (1, "40")));
        Assert.Equal((3, 72), await Reduce(first, second));
        Assert.Equal((3, 42), await Reduce(second, first));
    }

    [Fact]
    public async Task Repeats_far_apart_are_found_for_any_number_of_threads()
    {
        StringBuilder text = new();
        for (int round = 1; round <= 3; round++)
        {
            for (int task = 0; task < 2000; task++)
                text.Append(CultureInfo.InvariantCulture, $"{{\"task\":{task},\"metrics\":{{\"x\":{round},\"pad\":\"{new string('.', 300)}\"}}}}\n");
        }
        string path = _folder.Write("w.ndjson", text.ToString());
        foreach (int threads in new[] { 1, 2, 7 })
        {
            Aggregate aggregate = await Experiment.RunAsync(
                Experiment.Request(new PackedResults([path]), 2000, "lr") with { ThreadCount = threads });
            Assert.All(aggregate.Groups, group => Assert.Equal((1000, 3.0), (group.Metrics[1].Count, group.Metrics[1].Mean!.Value)));
            Assert.Empty(aggregate.Problems);
        }
    }

    [Fact]
    public async Task A_later_record_that_is_broken_makes_the_task_missing()
    {
        string path = _folder.Write("w.ndjson", Lines((0, "1"), (1, "1"), (0, "oops")));
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new PackedResults([path]), 2));
        Assert.Equal([0], aggregate.MissingTaskIds);
        Assert.Equal($"{path}:3: expected a value (byte 26 of the line)", Assert.Single(aggregate.Problems).Message);
    }

    [Fact]
    public async Task Odd_lines_are_told_with_their_number_and_the_rest_is_used()
    {
        string path = _folder.Write(
            "w.ndjson",
            "\n{\"task\":0,\"metrics\":{\"x\":1}}\r\nnonsense\n   \n{ \"task\" : 1 , \"metrics\" : {\"x\":3} } \n{\"task\":9,\"metrics\":{\"x\":1}}\n"
            + "{\"task\":-1,\"metrics\":{\"x\":1}}\n{\"task\":2,\"metrics\":{\"x\":1}\n{\"task\":3,\"metrics\":");
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new PackedResults([path]), 5));
        Assert.Equal([2, 3, 4], aggregate.MissingTaskIds);
        Assert.Equal(2, aggregate.Groups[0].Metrics[0].Mean);
        Assert.Equal(
            [
                (-1, $"{path}:3: a line that is not of the form {{\"task\":0,\"metrics\":{{...}}}}"),
                (-1, $"{path}:7: a line that is not of the form {{\"task\":0,\"metrics\":{{...}}}}"),
                (2, $"{path}:8: expected a comma or a closing brace (byte 26 of the line)"),
                (3, $"{path}:9: a record without an end (byte 20 of the line)"),
                (9, $"{path}:6: the run has no task 9: its tasks are 0 to 4"),
            ],
            aggregate.Problems.Select(problem => (problem.TaskId, problem.Message)));
    }

    [Fact]
    public async Task A_byte_order_mark_inside_a_record_is_taken_with_it()
    {
        string path = _folder.Write("w.ndjson", "{\"task\":0,\"metrics\":\uFEFF{\"x\":5}  }\n");
        Assert.Equal((1, 5), await Reduce(path));
    }

    [Fact]
    public async Task A_line_longer_than_allowed_is_told_and_does_not_hide_its_neighbours()
    {
        string longLine = $$$"""{"task":1,"metrics":{"x":1,"pad":"{{{new string('.', 3_000_000)}}}"}}""";
        string path = _folder.Write("w.ndjson", Lines((0, "1")) + longLine + "\n" + Lines((2, "2")));
        AggregationRequest request = Experiment.Request(new PackedResults([path]), 3);
        Aggregate aggregate = await Experiment.RunAsync(request with { MaxRecordBytes = 1000 });
        Assert.Equal([1], aggregate.MissingTaskIds);
        Assert.Equal($"{path}:2: a line longer than 1000 bytes", Assert.Single(aggregate.Problems).Message);
        Assert.True((await Experiment.RunAsync(request)).IsComplete);
    }

    [Fact]
    public async Task Borders_of_ranges_fall_anywhere_in_a_line()
    {
        // Around 1 MiB the end of the first line moves over the border byte by byte.
        for (int shift = -3; shift <= 3; shift++)
        {
            string head = """{"task":0,"metrics":{"x":1,"pad":"   """.TrimEnd();
            string padding = new('.', (1 << 20) + shift - head.Length - 4);
            string path = _folder.Write("w.ndjson", $"{head}{padding}\"}}}}\n" + Lines((1, "10"), (2, "100")));
            Assert.Equal((3, 111), await Reduce(path));
        }
    }

    [Fact]
    public async Task Only_chosen_tasks_are_taken_from_a_packed_file()
    {
        string path = _folder.Write("w.ndjson", Lines((0, "1"), (1, "10"), (2, "100"), (0, "5")));
        AggregationRequest request = Experiment.Request(new PackedResults([path]), 3) with { TaskIds = [0, 2] };
        Aggregate aggregate = await Experiment.RunAsync(request);
        Assert.Equal([1], aggregate.MissingTaskIds);
        Assert.Equal(105, aggregate.Groups[0].Metrics[0].Sum);
    }

    [Fact]
    public async Task No_file_and_empty_files_leave_all_tasks_missing()
    {
        string path = _folder.Write("w.ndjson", "");
        Assert.Equal(3, (await Experiment.RunAsync(Experiment.Request(new PackedResults([path]), 3))).MissingTaskIds.Count);
        Assert.Equal(3, (await Experiment.RunAsync(Experiment.Request(new PackedResults([]), 3))).MissingTaskIds.Count);
        HpcException error = await Assert.ThrowsAsync<HpcException>(
            () => Experiment.RunAsync(Experiment.Request(new PackedResults([path, path + "x"]), 3)));
        Assert.Equal(ErrorCode.OutputsMissing, error.Code);
    }

    private static string Lines(params (int Task, string Value)[] records) =>
        string.Concat(records.Select(r => $"{{\"task\":{r.Task},\"metrics\":{{\"x\": {r.Value}}}}}\n"));

    private static async Task<(long Count, double Sum)> Reduce(params string[] paths)
    {
        Aggregate aggregate = await Experiment.RunAsync(Experiment.Request(new PackedResults(paths), 3));
        MetricSummary metric = Assert.Single(aggregate.Groups).Metrics.Single(m => m.Name == "x");
        return (metric.Count, metric.Sum);
    }
}
