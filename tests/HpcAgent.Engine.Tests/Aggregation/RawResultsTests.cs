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
