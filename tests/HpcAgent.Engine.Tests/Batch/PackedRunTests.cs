using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Batch;

/// <summary>Aggregates, archives and their verification of a run whose packs are made where it lies, by the real scripts.</summary>
public sealed class PackedRunTests : IDisposable
{
    private readonly StandInCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [SkippableFact]
    public async Task An_archive_of_packs_is_byte_for_byte_that_of_the_files_and_no_file_travels()
    {
        RunRecord record = await _cluster.SubmitAsync(RunWaves.TasksPerWave + 3);
        string[] contents = ["{\"a\":1}", "{\n\"a\":\r\n 2}\n", "", "{\"a\":\0}", "{\"a\":1}\u0001", "\uFEFF{\"é\":\"%s \\\\ $1\"}", "no JSON", new string('7', 70_000) + "\n"];
        long[] ids = [.. Enumerable.Range(0, contents.Length).Select(i => (long)i), 9_999, 10_000, 10_002];
        foreach (long id in ids) _cluster.Complete(id, contents[id % contents.Length]);
        _ = Directory.CreateDirectory(_cluster.MetricsOf(20));
        _cluster.Complete(20, (byte[]?)null);

        AggregateResult kept = await AggregateAsync(record, keep: true);
        using RunResults files = RunResults.OfRun(record, _cluster.Remote, [.. ids, 20]);
        Aggregate ofFiles = await files.AggregateAsync(null, [], CancellationToken.None);
        WaveManifest made = await WaveArchiveWriter.WriteAsync(files, _cluster.Remote.Tasks, _cluster["here"], ofFiles.InputDigest, CancellationToken.None);

        string[] names = [.. Files(_cluster["here"])];
        Assert.Equal(["archive.json", $"{record.Run.RunId}.json", "tasks/tasks.idx", "tasks/tasks.tab", "waves/0.ndjson", "waves/1.ndjson"], names.Where(name => name != "tasks/tasks.json"));
        Assert.Equal(names.Append("aggregate.json").Order(StringComparer.Ordinal), Files(kept.OutputFolder!));
        foreach (string name in names) Assert.Equal(File.ReadAllBytes(Path.Combine(_cluster["here"], name)), File.ReadAllBytes(Path.Combine(kept.OutputFolder!, name)));
        Assert.Equal([(0, 6L, 4L), (1, 1L, 1L)], made.Waves.Select(wave => (wave.Index, wave.RecordCount, wave.ProblemCount)));
        Assert.Equal(ofFiles.InputDigest, kept.Aggregate!.InputDigest);
        Assert.Equal(ofFiles.Problems.Select(p => p.TaskId), kept.Aggregate.Problems.Select(p => p.TaskId));
        Assert.False(Directory.Exists(_cluster.Mirror.Results));
    }

    [SkippableFact]
    public async Task The_folder_that_an_aggregate_names_is_verified_like_an_archive_with_and_without_the_run()
    {
        RunRecord record = await CompleteAsync(30);
        AggregateResult result = await AggregateAsync(record);
        string folder = result.Waves.Folder!;
        Assert.Equal(_cluster.Mirror.Waves, folder);
        int executions = _cluster.Executions;
        foreach (VerifyAggregationRequest request in (VerifyAggregationRequest[])
            [new() { RunId = record.Run.RunId, CombinerDir = folder }, new() { CombinerDir = folder }, new() { CombinerDir = _cluster.Mirror.Root + "/" }])
            AssertHolds(await VerifyAsync(request));
        Assert.Equal(executions, _cluster.Executions);
        // On another machine, with nothing else.
        Directory.Move(_cluster.Mirror.Root, _cluster["copy"]);
        File.Delete(Path.Combine(result.OutputFolder!, "aggregate.json"));
        OperationContext other = new(_cluster["elsewhere"], new(new() { JournalDirectory = _cluster["no-state"] }), new(_cluster["x"], "none", []), new Dictionary<string, string>(StringComparer.Ordinal));
        AggregateCheck alone = await new VerifyAggregationOperation().ExecuteAsync(
            new VerifyAggregationRequest { RunId = record.Run.RunId, CombinerDir = _cluster["copy/waves"] }, other, CancellationToken.None);
        AssertHolds(alone, except: "statistics");
        Assert.Equal(result.Aggregate!.InputDigest, alone.RecordedDigest);
        Aggregate again = await AggregateOperation.FromWavesAsync([_cluster["copy/waves"]], new AggregateRequest(), CancellationToken.None);
        Assert.Equal(result.Aggregate.InputDigest, again.InputDigest);
    }

    [SkippableFact]
    public async Task A_pack_of_another_run_or_one_too_many_in_the_folder_is_found()
    {
        RunRecord record = await CompleteAsync(5);
        string folder = (await AggregateAsync(record)).Waves.Folder!;
        string pack = Path.Combine(folder, "0.ndjson"), text = File.ReadAllText(pack);
        // Of the same length, as only a digest tells.
        File.WriteAllText(pack, text.Replace("{\"a\":3}", "{\"a\":4}", StringComparison.Ordinal));
        AggregateCheck foreign = await VerifyAsync(new() { RunId = record.Run.RunId, CombinerDir = folder });
        Assert.Contains("waves/0.ndjson is not as it was packed", foreign.Of("provenance_present").Message, StringComparison.Ordinal);
        Assert.Equal(InvariantState.Violated, foreign.Of("digest").State);
        HpcException refused = await Assert.ThrowsAsync<HpcException>(() => AggregateAsync(record, keep: true));
        Assert.Contains($"{pack} is not as it came", refused.Message, StringComparison.Ordinal);
        File.Delete(pack);
        _ = await AggregateAsync(record);
        Assert.Equal(text, File.ReadAllText(pack));
        File.Copy(pack, Path.Combine(folder, "7.ndjson"));
        AggregateCheck stray = await VerifyAsync(new() { RunId = record.Run.RunId, CombinerDir = folder });
        Assert.Contains("7.ndjson is none of the waves", stray.Of("provenance_present").Message, StringComparison.Ordinal);
        // The same records once more count once.
        Assert.Equal((InvariantState.Held, 5L), (stray.Of("no_duplicates").State, stray.PulledTaskCount));
        string manifest = Path.Combine(_cluster.Mirror.Root, WaveManifest.FileName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(record.Run.RunId, "another", StringComparison.Ordinal));
        Assert.Contains("of the run another", (await VerifyAsync(new() { RunId = record.Run.RunId, CombinerDir = folder })).Of("provenance_present").Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_result_that_is_edited_after_its_wave_was_final_is_found_by_verification_and_taken_when_its_pack_is_deleted()
    {
        RunRecord record = await CompleteAsync(5);
        AggregateResult first = await AggregateAsync(record);
        AssertHolds(await VerifyAsync(new() { RunId = record.Run.RunId }));
        // A touch alone is none.
        File.SetLastWriteTimeUtc(_cluster.MetricsOf(2), DateTime.UtcNow.AddHours(1));
        AssertHolds(await VerifyAsync(new() { RunId = record.Run.RunId }));
        File.WriteAllText(_cluster.MetricsOf(3), "{\"a\":9}");
        AggregateCheck check = await VerifyAsync(new() { RunId = record.Run.RunId });
        Assert.Contains("the files of wave 0 are not those that were packed (task 3)", check.Of("provenance_present").Message, StringComparison.Ordinal);
        Assert.Equal(["provenance_present"], check.Invariants.Where(i => i.State == InvariantState.Violated).Select(i => i.Name));
        // What was packed stays, and is what counts.
        Assert.Equal(first.Aggregate!.InputDigest, (await AggregateAsync(record)).Aggregate!.InputDigest);
        File.Delete(Path.Combine(_cluster.Remote.Waves, "0.ndjson"));
        AggregateResult taken = await AggregateAsync(record);
        Assert.Equal([0], taken.Waves.CombinedThisCall);
        Assert.NotEqual(first.Aggregate.InputDigest, taken.Aggregate!.InputDigest);
        AssertHolds(await VerifyAsync(new() { RunId = record.Run.RunId }));
    }

    [SkippableFact]
    public async Task Verification_names_results_of_tasks_that_the_run_has_not_and_loses_nothing_where_files_are_gone()
    {
        RunRecord record = await CompleteAsync(5);
        _ = await AggregateAsync(record);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(_cluster.MetricsOf(7))!);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(_cluster.MetricsOf(4_000))!);
        File.Delete(_cluster.MetricsOf(1));
        File.Delete(_cluster.MetricsOf(4));
        AggregateCheck check = await VerifyAsync(new() { RunId = record.Run.RunId });
        Assert.Equal([7, 4_000], check.UnexpectedTaskIds);
        Assert.Contains("(tasks 1 4)", check.Of("provenance_present").Message, StringComparison.Ordinal);
        Assert.Equal((5, InvariantState.Held), (check.PulledTaskCount, check.Of("digest").State));
        Assert.Equal(5, (await AggregateAsync(record)).Aggregate!.UsedCount);
    }

    [SkippableFact]
    public async Task Without_a_folder_of_results_nothing_is_used_before_a_task_began_and_afterwards_it_is_an_error_with_the_path()
    {
        RunRecord record = await _cluster.SubmitAsync(4);
        AggregateResult none = await AggregateAsync(record);
        Assert.Equal((0, 4), (none.Aggregate!.UsedCount, none.Aggregate.MissingTaskIds.Count));
        AggregateCheck nothing = await VerifyAsync(new() { RunId = record.Run.RunId });
        Assert.Equal((0, 4), (nothing.PulledTaskCount, nothing.MissingTaskIds.Count));
        for (int i = 0; i < 3; i++) _cluster.Complete(i, "{\"a\":1}");
        Assert.Equal(3, (await AggregateAsync(record)).Aggregate!.UsedCount);
        Directory.Delete(_cluster.Remote.Results, recursive: true);
        foreach (Func<Task> act in (Func<Task>[])
            [() => AggregateAsync(record), () => VerifyAsync(new() { RunId = record.Run.RunId }), () => FetchAsync(record), () => LookAsync(record, ResultSelection.Files), () => LookAsync(record, ResultSelection.Metrics)])
        {
            HpcException gone = await Assert.ThrowsAsync<HpcException>(act);
            Assert.Equal(ErrorCode.OutputsMissing, gone.Code);
            Assert.Contains($"3 of its tasks are complete, and there is no folder {_cluster.Remote.Results} on here", gone.Message, StringComparison.Ordinal);
            Assert.Contains($"{_cluster.Mirror.Waves}, and waves_dir", gone.Remediation, StringComparison.Ordinal);
        }
        // As it says.
        Assert.Equal(3, (await AggregateOperation.FromWavesAsync([_cluster.Mirror.Waves], new AggregateRequest(), CancellationToken.None)).UsedCount);
    }

    [SkippableFact]
    public async Task A_wave_that_is_packed_twice_is_the_same_and_does_not_travel_again()
    {
        RunRecord record = await CompleteAsync(5);
        AggregateResult first = await AggregateAsync(record);
        byte[] pack = File.ReadAllBytes(Path.Combine(first.Waves.Folder!, "0.ndjson"));
        File.Delete(Path.Combine(_cluster.Remote.Waves, "0.pack"));
        File.Delete(Path.Combine(_cluster.Mirror.Root, "has-packed"));
        DateTime before = File.GetLastWriteTimeUtc(Path.Combine(first.Waves.Folder!, "0.ndjson"));
        AggregateResult again = await AggregateAsync(record, keep: true);
        Assert.Equal([0], again.Waves.CombinedThisCall);
        Assert.Equal(pack, File.ReadAllBytes(Path.Combine(_cluster.Remote.Waves, "0.ndjson")));
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(first.Waves.Folder!, "0.ndjson")));
        _ = await AggregateAsync(record, keep: true);
        Assert.Equal(first.Aggregate!.InputDigest, again.Aggregate!.InputDigest);
        AssertHolds(await VerifyAsync(new() { CombinerDir = again.OutputFolder! }));
    }

    [SkippableFact]
    public async Task A_file_that_changes_while_it_is_packed_here_is_a_problem_of_its_task_and_no_record()
    {
        RunRecord record = await CompleteAsync(3);
        int reads = 0;
        WavePacker packer = new(new ResultFiles(_cluster.MetricsOf), 3)
        {
            AfterRead = path =>
            {
                if (path != _cluster.MetricsOf(1)) return;
                File.AppendAllText(path, " ");
                reads++;
            },
        };
        PackedWave wave = Assert.Single(await packer.PackAsync(_cluster["here"], CancellationToken.None));
        Assert.Equal((3, 2, 1, 1), (reads, wave.RecordCount, wave.ProblemCount, wave.ChangedCount));
        Assert.Contains("{\"task\":1,\"problem\":\"metrics.json changes while it is read\"}\n", File.ReadAllText(Path.Combine(_cluster["here"], "0.ndjson")), StringComparison.Ordinal);
        Assert.Equal(["0.ndjson"], Directory.GetFiles(_cluster["here"]).Select(Path.GetFileName));
    }

    private async Task<RunRecord> CompleteAsync(int tasks)
    {
        RunRecord record = await _cluster.SubmitAsync(tasks);
        for (int i = 0; i < tasks; i++) _cluster.Complete(i, FormattableString.Invariant($"{{\"a\":{i}}}"));
        return record;
    }

    private Task<AggregateResult> AggregateAsync(RunRecord record, bool keep = false) =>
        new AggregateOperation().ExecuteAsync(new AggregateRequest { RunId = record.Run.RunId, KeepWaves = keep }, _cluster.Context(), CancellationToken.None);

    private Task<AggregateCheck> VerifyAsync(VerifyAggregationRequest request) => new VerifyAggregationOperation().ExecuteAsync(request, _cluster.Context(), CancellationToken.None);

    private async Task FetchAsync(RunRecord record)
    {
        (_, RunView view, _) = await RunLookup.LookAsync(_cluster.Context(), record.Run.RunId, CancellationToken.None);
        _ = await _cluster.Context().Cluster("site").FetchAsync(view, new FetchRequest(), CancellationToken.None);
    }

    private async Task LookAsync(RunRecord record, ResultSelection results) => _ = await RunLookup.LookAsync(_cluster.Context(), record.Run.RunId, CancellationToken.None, results);

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal);

    private static void AssertHolds(AggregateCheck check, string except = "columns")
    {
        Assert.True(check.IsComplete, string.Join('\n', check.Invariants));
        Assert.All(check.Invariants.Where(i => i.Name != "columns" && i.Name != except), i => Assert.Equal((i.Name, InvariantState.Held), (i.Name, i.State)));
    }
}
