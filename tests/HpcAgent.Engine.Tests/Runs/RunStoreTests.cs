using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Runs;

public sealed class RunStoreTests : IDisposable
{
    private const string Sha = "b6e09a261e4d3e9c";
    private readonly TempFolder temp = new();
    private readonly FakeClock clock = new();
    private readonly StateFolder state;
    private readonly RunStore store;

    public RunStoreTests()
    {
        state = new(new() { JournalDirectory = temp["state"] });
        Directory.CreateDirectory(temp["exp"]);
        store = new(state, temp["exp"], clock);
    }

    public void Dispose() => temp.Dispose();

    private async Task BeginAsync(string runId, string identity = "f00d", params JournalEvent[] later)
    {
        await store.BeginAsync(Samples.Sidecar(runId, identity, clock.Now), Samples.Intent(identity));
        await store.Journal(runId).AppendAsync(later);
        clock.Now += TimeSpan.FromMinutes(1);
    }

    private static readonly JournalEvent[] In = [new SentEvent(), new JobIdEvent(0, "t0", "17"), new JobIdEvent(1, "t1", "18"), new SubmittedEvent()];

    [Fact]
    public async Task A_begun_run_is_found_with_all_that_is_known_of_it()
    {
        await BeginAsync("run", later: In);
        var record = await store.FindAsync("run");
        var run = record!.Run;
        Assert.Equal(("run", "discovery", 5L, Sha, "f00d"), (run.RunId, run.Cluster, run.TaskCount, run.CmdSha, run.IdentitySha));
        Assert.Equal(("python3 train.py --lr {lr}", store.Repository.ExperimentPath, "/scratch/u/exp é"), (run.Command, run.ExperimentPath, run.RemotePath));
        Assert.Equal(["17", "18"], run.JobIds);
        Assert.Equal(LifecycleState.InFlight, run.State);
        Assert.Empty(record.Warnings);
        Assert.Null(await store.FindAsync("other"));
        Assert.True(File.Exists(temp["exp/.hpc/.gitignore"]));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_without_the_removed()
    {
        await BeginAsync("b");
        await BeginAsync("c");
        await BeginAsync("a", later: [new RemovedEvent()]);
        File.WriteAllText(temp["exp/.hpc/runs/.b.json.tmp"], "x");
        File.WriteAllText(temp["exp/.hpc/runs/notes.txt"], "x");
        Assert.Equal(["c", "b"], (await store.ListAsync()).Runs.Select(record => record.Run.RunId));
        Assert.Equal(["a", "c", "b"], (await store.ListAsync(includeRemoved: true)).Runs.Select(record => record.Run.RunId));
    }

    [Fact]
    public async Task An_empty_repository_has_no_runs()
    {
        Assert.Empty((await store.ListAsync()).Runs);
        Assert.Null(await store.FindByIdentityAsync("f00d"));
        Assert.False((await store.FindByCmdShaAsync(Sha)).Found);
        Assert.Empty((await RunStore.ListInFlightAsync(state, clock)).Runs);
    }

    [Fact]
    public async Task A_damaged_sidecar_hides_no_run_and_the_journal_stands_in()
    {
        await BeginAsync("good");
        await BeginAsync("bad", "beef", In);
        File.WriteAllText(temp["exp/.hpc/runs/bad.json"], "{");
        var listing = await store.ListAsync();
        Assert.Equal(["bad", "good"], listing.Runs.Select(record => record.Run.RunId));
        Assert.Contains("bad.json':1:2", Assert.Single(listing.Warnings), StringComparison.Ordinal);
        Assert.Equal(("beef", 5L), (listing.Runs[0].Run.IdentitySha, listing.Runs[0].Run.TaskCount));
        Assert.Equal("bad", (await store.FindByIdentityAsync("beef"))!.Record.Run.RunId);
    }

    [Theory]
    [InlineData(PriorRunKind.HalfMade)]
    [InlineData(PriorRunKind.HalfMade, "sent")]
    [InlineData(PriorRunKind.HalfMade, "ids")]
    [InlineData(PriorRunKind.Live, "ids", "submitted")]
    [InlineData(PriorRunKind.Live, "submitted", "unreachable")]
    [InlineData(PriorRunKind.Live, "submitted", "failed", "unreachable", "running")]
    [InlineData(PriorRunKind.Complete, "submitted", "complete")]
    [InlineData(PriorRunKind.Complete, "submitted", "complete", "unreachable")]
    [InlineData(null, "submitted", "failed")]
    [InlineData(null, "submitted", "failed", "unreachable")]
    [InlineData(null, "abandoned")]
    [InlineData(null, "submitted", "abandoned")]
    [InlineData(null, "submitted", "removed")]
    [InlineData(PriorRunKind.HalfMade, "submitted", "failed", "intent")]
    public async Task Live_half_made_and_complete_runs_stand_in_the_way(PriorRunKind? expected, params string[] steps)
    {
        await BeginAsync("run");
        foreach (var step in steps)
            await store.Journal("run").AppendAsync(Step(step));
        Assert.Equal(expected, (await store.FindByIdentityAsync("f00d"))?.Kind);
        Assert.Null(await store.FindByIdentityAsync("beef"));
    }

    private static JournalEvent Step(string name) => name switch
    {
        "sent" => new SentEvent(),
        "ids" => new JobIdEvent(0, "t0", "17"),
        "submitted" => new SubmittedEvent(),
        "unreachable" => new ObservedEvent(LifecycleState.UnableToVerify),
        "running" => new ObservedEvent(LifecycleState.InFlight),
        "complete" => new EndedEvent(LifecycleState.Complete),
        "failed" => new EndedEvent(LifecycleState.Failed),
        "abandoned" => new EndedEvent(LifecycleState.Abandoned),
        "removed" => new RemovedEvent(),
        _ => Samples.Intent("f00d", "u0"),
    };

    [Fact]
    public async Task Of_several_the_live_one_stands_in_the_way()
    {
        await BeginAsync("live", later: In);
        await BeginAsync("done", later: [.. In, new EndedEvent(LifecycleState.Complete)]);
        await BeginAsync("failed", later: [.. In, new EndedEvent(LifecycleState.Failed)]);
        var prior = await store.FindByIdentityAsync("f00d");
        Assert.Equal((PriorRunKind.Live, "live"), (prior!.Kind, prior.Record.Run.RunId));
    }

    [Fact]
    public async Task A_sidecar_without_a_journal_is_to_be_continued()
    {
        await SidecarFile.CreateAsync(store.Layout, Samples.Sidecar("run"));
        var prior = await store.FindByIdentityAsync("f00d");
        Assert.Equal((PriorRunKind.Unrecorded, LifecycleState.UnableToVerify), (prior!.Kind, prior.Record.Run.State));
        Assert.Equal(["t0", "t1"], prior.Record.Sidecar!.Tokens);
    }

    [Fact]
    public async Task A_damaged_intent_does_not_open_the_way()
    {
        await BeginAsync("run", later: [new SentEvent()]);
        var path = store.Journal("run").FilePath;
        var content = File.ReadAllBytes(path);
        content[30] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.Equal(PriorRunKind.Unrecorded, (await store.FindByIdentityAsync("f00d"))?.Kind);
    }

    [Fact]
    public async Task Records_whose_identity_cannot_be_told_are_an_error()
    {
        await BeginAsync("run");
        File.WriteAllText(store.Layout.SidecarPath("run"), "{}x");
        File.WriteAllText(store.Journal("run").FilePath, "garbage\n");
        var error = await Assert.ThrowsAsync<HpcException>(() => store.FindByIdentityAsync("f00d"));
        Assert.Equal(ErrorCode.JournalCorrupt, error.Code);
        Assert.Contains("'run'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_run_with_the_same_parameters_is_reported()
    {
        await BeginAsync("old", later: In);
        await BeginAsync("new");
        clock.Now += TimeSpan.FromSeconds(30.9);
        var report = await store.FindByCmdShaAsync(Sha);
        Assert.Equal((true, "new", true, LifecycleState.InFlight), (report.Found, report.PriorRunId, report.IsOrphan, report.Status));
        Assert.Equal((90L, "small", "discovery", "c1"), (report.AgeSeconds, report.Profile, report.Cluster, report.CampaignId));
        Assert.False((await store.FindByCmdShaAsync(Sha, exceptCampaignId: "c1")).Found);
        Assert.False((await store.FindByCmdShaAsync("0123abcd")).Found);
    }

    [Fact]
    public async Task Records_of_the_original_are_reported_too()
    {
        temp.Write("exp/.hpc/runs/theirs.json", """{"run_id":"theirs","cmd_sha":"0123abcd","job_ids":["9"],"submitted_at":"2027-01-01T00:00:00Z","profile":"p"}""");
        var report = await store.FindByCmdShaAsync("0123abcd");
        Assert.Equal(("theirs", false, 0L, "p"), (report.PriorRunId, report.IsOrphan, report.AgeSeconds, report.Profile));
        Assert.Null(report.Status);
        Assert.Equal(["9"], report.JobIds);
        Assert.Null(await store.FindByIdentityAsync("f00d"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123abc")]
    [InlineData("0123ABCD")]
    [InlineData("0123abcd\n")]
    public async Task A_text_that_is_no_identity_is_refused(string sha) =>
        Assert.Equal(ErrorCode.SpecInvalid, (await Assert.ThrowsAsync<HpcException>(() => store.FindByCmdShaAsync(sha))).Code);

    [Fact]
    public async Task Runs_in_flight_are_found_in_all_repositories()
    {
        await BeginAsync("one", later: In);
        await BeginAsync("done", later: [.. In, new EndedEvent(LifecycleState.Complete)]);
        Directory.CreateDirectory(temp["exp2"]);
        await new RunStore(state, temp["exp2"], clock).BeginAsync(Samples.Sidecar("two", at: clock.Now), Samples.Intent());
        Directory.Delete(temp["exp2"], recursive: true);
        var listing = await RunStore.ListInFlightAsync(state, clock);
        Assert.Equal(["two", "one"], listing.Runs.Select(record => record.Run.RunId));
        Assert.Equal(Path.Join(Path.GetDirectoryName(store.Repository.ExperimentPath), "exp2"), listing.Runs[0].Run.ExperimentPath);
    }

    [Fact]
    public async Task Submissions_wait_for_each_other()
    {
        using var held = await store.Repository.LockForSubmissionAsync(TimeSpan.Zero);
        var error = await Assert.ThrowsAsync<HpcException>(() => store.Repository.LockForSubmissionAsync(TimeSpan.Zero));
        Assert.Contains("(submit, since", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_written_stops_a_submission_before_anything_is_written()
    {
        var blocked = new RunStore(new(new() { JournalDirectory = temp.Write("file") + "/state" }), temp["exp"], clock);
        var error = await Assert.ThrowsAsync<HpcException>(() => blocked.BeginAsync(Samples.Sidecar("run"), Samples.Intent()));
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.False(Directory.Exists(temp["exp/.hpc"]));
    }
}
