using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public class RawResultsTests
{
    [Fact]
    public async Task Every_task_has_the_same_columns_and_its_own_values_from_files_and_waves_alike()
    {
        using ArchivedRun run = new(4, perWave: 2);
        run.Metrics(0, """{"loss": 0.5, "eval": {"acc": 1, "note": "a \"b\""}, "n_samples": 3}""");
        run.Metrics(1, """{"loss": NaN, "huge": -1e999, "tags": [1, "x"], "ok": true, "none": null}""");
        run.Metrics(3, "\uFEFF{\"loss\": 12345678901234567890}");
        string[] files = await RowsAsync(run.Results());
        Assert.Equal(
            [
                "TaskId,lr,seed,eval.acc,eval.note,huge,loss,none,ok,tags",
                "0|0.1|0|1|a \"b\"||0.5|||",
                "1|0.01|1|||-Infinity|NaN||True|System.Object[]",
                "3|0.01|3||||12345678901234567890|||",
            ],
            files);
        _ = await run.PackAsync();
        File.AppendAllText(run.Wave(1), "{\"task\":0,\"metrics\":{\"loss\":7}}\n");
        string[] packed = await RowsAsync(await WaveArchive.OpenAsync([run.Archive], CancellationToken.None));
        // The last record of a task counts.
        Assert.Equal(["TaskId,lr,seed,huge,loss,none,ok,tags", "1|0.01|1|-Infinity|NaN||True|System.Object[]", "3|0.01|3||12345678901234567890|||", "0|0.1|0||7|||"], packed);
    }

    [Fact]
    public async Task Rows_are_not_kept_however_many_there_are()
    {
        const int tasks = 1000, bytes = 20_000;
        using ArchivedRun run = new(tasks, perWave: tasks);
        _ = Directory.CreateDirectory(Path.Combine(run.Archive, "waves"));
        _ = await run.PackAsync();
        string text = new('x', bytes);
        using (StreamWriter wave = new(run.Wave(0)))
            for (int i = 0; i < tasks; i++) wave.Write($"{{\"task\":{i},\"metrics\":{{\"x\":{i},\"text\":\"{text}\"}}}}\n");
        RunResults results = await WaveArchive.OpenAsync([run.Archive], CancellationToken.None);
        using RawResults raw = new(results, await results.AggregateAsync([], [], CancellationToken.None));
        List<WeakReference> rows = [];
        await foreach (RawRecord record in raw.ReadAsync(CancellationToken.None))
        {
            rows.Add(new WeakReference(record.Values));
            Assert.Equal(bytes, ((string)record.Values[0]!).Length);
            if (rows.Count < tasks) continue;
            GC.Collect();
            // Some are still on their way: those of one piece of the file.
            Assert.InRange(rows.Count(r => r.IsAlive), 1, 100);
        }
        Assert.Equal(tasks, rows.Count);
    }

    [Fact]
    public async Task A_record_of_ten_thousand_metrics_is_taken_apart_and_a_key_that_comes_twice_is_told()
    {
        using ArchivedRun run = new(2, perWave: 2);
        string names = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"m{i}\": {i}"));
        run.Metrics(0, $"{{{names}}}");
        run.Metrics(1, $"{{{names}}}");
        RunResults results = run.Results();
        using RawResults raw = new(results, await results.AggregateAsync([], [], CancellationToken.None));
        run.Metrics(1, $"{{{names}, \"m9998\": 1}}");
        List<RawRecord> records = [];
        await foreach (RawRecord record in raw.ReadAsync(CancellationToken.None)) records.Add(record);
        Assert.Equal(10_000, Assert.Single(records).Values.Count);
        Assert.Contains("\"m9998\" is given twice", Assert.Single(raw.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_vanishes_after_the_columns_are_known_is_told()
    {
        using ArchivedRun run = new(2, perWave: 2);
        run.Metrics(0, "{\"x\": 1}");
        run.Metrics(1, "{\"x\": 2}");
        RunResults results = run.Results();
        using RawResults raw = new(results, await results.AggregateAsync([], [], CancellationToken.None));
        run.Metrics(0, "{\"y\": 1}");
        File.Delete(((ResultFiles)results.Source).PathOf(1));
        await foreach (RawRecord record in raw.ReadAsync(CancellationToken.None)) Assert.Fail($"task {record.Task.Id}");
        Assert.Equal([0, 1], raw.Problems.Select(p => p.TaskId));
        Assert.EndsWith("is gone", raw.Problems[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_with_the_name_of_a_parameter_asks_for_a_prefix()
    {
        using ArchivedRun run = new(1, perWave: 1);
        run.Metrics(0, "{\"LR\": 1}");
        RunResults results = run.Results();
        using RawResults raw = new(results, await results.AggregateAsync([], [], CancellationToken.None));
        HpcException error = Assert.Throws<HpcException>(() => RawColumns.Of(raw, [], ""));
        Assert.Contains("-Prefix", error.Remediation, StringComparison.Ordinal);
        Assert.Equal(["TaskId", "lr", "seed", "m_LR"], RawColumns.Of(raw, ["*"], "m_").Names);
    }

    private static async Task<string[]> RowsAsync(RunResults results)
    {
        using RawResults raw = new(results, await results.AggregateAsync([], [], CancellationToken.None));
        RawColumns columns = RawColumns.Of(raw, [], "");
        List<string> rows = [string.Join(',', columns.Names)];
        await foreach (RawRecord record in raw.ReadAsync(CancellationToken.None))
            rows.Add(string.Join('|', columns.Row(record).Select(v => Convert.ToString(v, System.Globalization.CultureInfo.InvariantCulture))));
        Assert.Empty(raw.Problems);
        return [.. rows];
    }
}
