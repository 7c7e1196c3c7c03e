using System.IO.Compression;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public class WaveArchiveTests
{
    private static async Task<ArchivedRun> PackedAsync(int tasks = 7)
    {
        ArchivedRun run = new(tasks, perWave: 3);
        for (int i = 0; i < tasks; i++) run.Metrics(i, FormattableString.Invariant($"{{\"loss\": 0.{i}1,\r\n  \"n_samples\": {i + 1}, \"note\": \"a  b\"}}\n"));
        _ = await run.PackAsync();
        return run;
    }

    [Fact]
    public async Task An_aggregate_comes_out_the_same_from_the_archive_alone()
    {
        using ArchivedRun run = await PackedAsync();
        Aggregate files = await run.AggregateAsync();
        string expected = Experiment.Show(files);
        Directory.Delete(run.Layout.Root, recursive: true);
        Aggregate packed = await run.AggregateAsync(run.Archive);
        Assert.Equal(expected, Experiment.Show(packed));
        Assert.Equal((files.InputDigest, ArchivedRun.RunId, "f00d"), (packed.InputDigest, packed.RunId, packed.IdentitySha));
        Assert.StartsWith("7/7", expected, StringComparison.Ordinal);
        // Named as files, in another order.
        Assert.Equal(expected, Experiment.Show(await run.AggregateAsync(run.Wave(2), run.Wave(0), run.Wave(1))));
        Aggregate part = await run.AggregateAsync(run.Wave(1));
        Assert.Equal([0, 1, 2, 6], part.MissingTaskIds);
    }

    [Fact]
    public async Task Compressed_waves_are_read_and_one_that_is_cut_is_refused()
    {
        using ArchivedRun run = await PackedAsync();
        string expected = Experiment.Show(await run.AggregateAsync(run.Archive));
        string gz = run.Wave(1) + ".gz";
        using (FileStream file = File.Create(gz))
        using (GZipStream gzip = new(file, CompressionLevel.Fastest)) gzip.Write(File.ReadAllBytes(run.Wave(1)));
        File.Delete(run.Wave(1));
        Assert.Equal(expected, Experiment.Show(await run.AggregateAsync(run.Archive)));
        byte[] whole = File.ReadAllBytes(gz);
        for (int cut = 1; cut < whole.Length; cut += 7)
        {
            File.WriteAllBytes(gz, whole[..^cut]);
            HpcException error = await Assert.ThrowsAsync<HpcException>(() => run.AggregateAsync(run.Archive));
            Assert.Equal(ErrorCode.OutputsMissing, error.Code);
        }
    }

    [Fact]
    public async Task What_belongs_beside_the_waves_is_asked_for_by_its_name()
    {
        using ArchivedRun run = await PackedAsync();
        HpcException empty = await Assert.ThrowsAsync<HpcException>(() => run.AggregateAsync(run.Layout.Results));
        Assert.Contains("holds no packed waves", empty.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(run.Archive, ArchivedRun.RunId + ".json"));
        HpcException record = await Assert.ThrowsAsync<HpcException>(() => run.AggregateAsync(run.Archive));
        Assert.Contains("no record of a run", record.Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(run.Archive, "tasks"), recursive: true);
        HpcException table = await Assert.ThrowsAsync<HpcException>(() => run.AggregateAsync(run.Archive));
        Assert.Contains("no task table", table.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_names_what_it_could_not_pack()
    {
        using ArchivedRun run = new(4, perWave: 4);
        run.Metrics(0, "{\"x\": 1}");
        run.Metrics(1, "");
        run.Metrics(2, "{\"x\": ");
        WaveManifest manifest = await run.PackAsync();
        // Broken metrics are packed as they are, and told when they are read.
        PackedWave wave = Assert.Single(manifest.Waves);
        Assert.Equal((2, 1, 0), (wave.RecordCount, wave.ProblemCount, wave.ChangedCount));
        Aggregate aggregate = await run.AggregateAsync(run.Archive);
        Assert.Equal([1, 2, 3], aggregate.MissingTaskIds);
        Assert.Equal([1, 2], aggregate.Problems.Select(p => p.TaskId));
        Assert.EndsWith("0.ndjson:2: task 1: metrics.json is empty, or not a regular file", aggregate.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_aggregate_holds_every_invariant_and_comes_out_the_same()
    {
        using ArchivedRun run = await PackedAsync();
        AggregateCheck check = await run.CheckAsync(await RecordAsync(run));
        Assert.True(check.IsComplete, string.Join('\n', check.Invariants));
        Assert.Equal((3, 3, 7, 7), (check.ExpectedWaveCount, check.PulledWaveCount, check.ExpectedTaskCount, check.PulledTaskCount));
        Assert.All(check.Invariants.Where(i => i.Name != "columns"), i => Assert.Equal(InvariantState.Held, i.State));
        Assert.Equal(check.RecordedDigest, check.ComputedDigest);
    }

    [Fact]
    public async Task Each_fault_violates_the_invariant_that_is_its_own()
    {
        using ArchivedRun run = await PackedAsync();
        RecordedAggregate recorded = await RecordAsync(run);
        string second = File.ReadAllText(run.Wave(1));
        async Task Expect(string wave, params string[] violated)
        {
            File.WriteAllText(run.Wave(1), wave);
            AggregateCheck check = await run.CheckAsync(recorded);
            Assert.Equal(violated.Order(StringComparer.Ordinal), check.Invariants.Where(i => i.State == InvariantState.Violated).Select(i => i.Name).Order(StringComparer.Ordinal));
        }
        await Expect(second);
        string[] lines = second.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await Expect(string.Join('\n', lines.Skip(1)) + "\n", "all_waves_combined", "all_tasks_present", "provenance_present", "digest", "statistics");
        // The same record again changes the file and nothing else.
        await Expect(second + lines[0] + "\n", "provenance_present");
        await Expect(second + lines[0].Replace("0.31", "0.32", StringComparison.Ordinal) + "\n", "no_duplicates", "provenance_present", "digest", "statistics");
        await Expect(second.Replace("0.31", "0.32", StringComparison.Ordinal), "provenance_present", "digest", "statistics");
        // A text leaf goes into no statistic, but it was an input.
        await Expect(second.Replace("a  b", "a b", StringComparison.Ordinal), "provenance_present", "digest");
        await Expect(second + "{\"task\":99,\"metrics\":{\"loss\":1}}\n", "no_unexpected_tasks", "provenance_present");
        AggregateCheck twice = await run.CheckAsync(recorded);
        Assert.Equal([99], twice.UnexpectedTaskIds);
    }

    [Fact]
    public async Task A_wave_of_another_run_and_a_file_that_nobody_packed_are_told_apart()
    {
        using ArchivedRun run = await PackedAsync();
        File.Copy(run.Wave(0), run.Wave(9));
        AggregateCheck stray = await run.CheckAsync();
        Assert.Contains("9.ndjson is none of the waves", stray.Of("provenance_present").Message, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2], stray.DuplicateTaskIds);
        // Packed twice: the same content, so that it counts once.
        Assert.Equal(InvariantState.Held, stray.Of("no_duplicates").State);
        File.Delete(run.Wave(9));
        string manifest = Path.Combine(run.Archive, WaveManifest.FileName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(ArchivedRun.RunId, "other-2", StringComparison.Ordinal));
        AggregateCheck other = await run.CheckAsync(await RecordAsync(run) with { RunId = "other-3" });
        Assert.Contains("of the run other-2", other.Of("provenance_present").Message, StringComparison.Ordinal);
        Assert.Contains("of the run other-3", other.Of("provenance_present").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aggregate_of_an_archive_tells_what_does_not_belong_to_it()
    {
        using ArchivedRun run = await PackedAsync();
        async Task<string[]> Told(params string[] paths) => [.. (await AggregateOperation.FromWavesAsync(paths.Length == 0 ? [run.Archive] : paths, new AggregateRequest(), CancellationToken.None)).Problems.Select(p => p.ToString())];
        Assert.Empty(await Told());
        Assert.Empty(await Told(run.Wave(1)));
        // Compressing a wave does not change it.
        byte[] second = File.ReadAllBytes(run.Wave(1));
        using (GZipStream gzip = new(File.Create(run.Wave(1) + ".gz"), CompressionLevel.Fastest)) gzip.Write(second);
        File.Delete(run.Wave(1));
        Assert.Empty(await Told());
        Assert.True((await run.CheckAsync(await RecordAsync(run))).IsComplete);
        // A wave of another run brings records for the same tasks.
        using ArchivedRun other = await PackedAsync(tasks: 3);
        File.Copy(other.Wave(0), run.Wave(7));
        Assert.Equal([$"{run.Wave(7)} is none of the waves that were packed for the run"], await Told());
        File.Delete(run.Wave(7));
        File.AppendAllText(run.Wave(0), "\n");
        Assert.Equal(["waves/0.ndjson is not as it was packed"], await Told());
        File.Delete(run.Wave(0));
        Assert.Equal(["waves/0.ndjson is missing"], await Told());
        File.Delete(Path.Combine(run.Archive, WaveManifest.FileName));
        Assert.Empty(await Told());
    }

    [Fact]
    public async Task Groups_that_no_task_gives_are_named()
    {
        using ArchivedRun run = await PackedAsync();
        RecordedAggregate recorded = await RecordAsync(run);
        AggregateCheck check = await run.CheckAsync(recorded with { Groups = [.. recorded.Groups, ("{\"lr\":5,\"seed\":0}", "{}")] });
        Assert.Equal("{\"lr\":5,\"seed\":0}", Assert.Single(check.UnexpectedKeys));
        AggregateCheck renamed = await run.CheckAsync(recorded with { GroupBy = ["rate"] });
        Assert.Contains("no parameter \"rate\"", renamed.Of("no_unexpected_keys").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partials_of_the_original_are_looked_at_by_its_own_rules()
    {
        using ArchivedRun run = new(4, perWave: 2);
        _ = Directory.CreateDirectory(run.Archive);
        void Partial(string name, string text) => File.WriteAllText(Path.Combine(run.Archive, name), text);
        Partial("wave_0.json", $$$"""{"wave": 0, "run_id": "{{{ArchivedRun.RunId}}}", "task_ids": [0, 1], "grid_points": {"0.1_0": {"loss": 1}, "0.01_1": {}}, "errors": []}""");
        Partial("wave_1.json", """{"wave": 7, "run_id": "other", "task_ids": [1, 2, 11], "grid_points": {"0.5_9": {}}, "errors": []}""");
        Partial("wave_2.json", "{");
        Partial("wave_0.runtime.json", "{}");
        using RunResults results = run.Results();
        AggregateCheck check = await AggregateVerifier.VerifyAsync(
            new VerificationSubject(results) { HasRecords = false, Partials = OriginalPartial.In(run.Archive) }, CancellationToken.None);
        Assert.Equal([3], check.MissingTaskIds);
        Assert.Equal([11], check.UnexpectedTaskIds);
        Assert.Equal([1], check.DuplicateTaskIds);
        Assert.Equal([1], check.MissingWaves);
        Assert.Equal(["0.5_9"], check.UnexpectedKeys);
        string provenance = check.Of("provenance_present").Message;
        Assert.Contains("wave_1.json is of the run other", provenance, StringComparison.Ordinal);
        Assert.Contains("wave_2.json cannot be read", provenance, StringComparison.Ordinal);
        Assert.Equal(InvariantState.NotChecked, check.Of("digest").State);
        Assert.Equal(InvariantState.Violated, check.Of("no_duplicates").State);
    }

    [Fact]
    public async Task Columns_of_tables_are_checked_with_the_row()
    {
        using System.Text.Json.JsonDocument wanted = System.Text.Json.JsonDocument.Parse("""{"expected_columns": ["epoch", "loss"], "metric_column": "loss"}""");
        using ArchivedRun run = new(2, perWave: 2, wanted.RootElement);
        run.Metrics(0, "{\"x\": 1}");
        run.Metrics(1, "{\"x\": 2}");
        _ = await run.PackAsync();
        string folder = Path.Combine(run.Layout.Results, "0");
        void Table(string name, string text)
        {
            string path = Path.Combine(folder, name);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Assert.Contains("no *.csv", (await run.CheckAsync()).Of("columns").Message, StringComparison.Ordinal);
        Table("0/log.csv", "epoch,loss\n1,0.5\n2,0.25\n");
        Table("_wip_1_1/log.csv", "nothing\n");
        Assert.Equal(InvariantState.Held, (await run.CheckAsync()).Of("columns").State);
        Table("1/log.csv", "epoch,\"loss\"\n1,NaN\n2,0.5\n3, \n");
        Table("1/other.CSV", "epoch,acc\n1,2\n");
        Table("1/z.csv", "");
        AggregateCheck check = await run.CheckAsync();
        Assert.Equal(
            [(1L, "'loss' is NaN"), (3L, "'loss' is blank"), (null, "the column 'loss' is missing; it has epoch, acc"), (null, "it is empty")],
            check.ColumnViolations.Select(v => (v.Row, v.Message)));
        Assert.False(check.IsComplete);
    }

    private static async Task<RecordedAggregate> RecordAsync(ArchivedRun run)
    {
        string path = Path.Combine(run.Layout.RemotePath, "aggregate.json");
        File.WriteAllBytes(path, AggregateJson.ToBytes(await run.AggregateAsync()));
        return (await RecordedAggregate.TryReadAsync(path, CancellationToken.None))!;
    }
}
