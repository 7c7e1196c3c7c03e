using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;
using HpcAgent.Engine.Tests.Runs;

namespace HpcAgent.Engine.Tests.Submission;

public sealed class RunSubmitterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeClock _clock = new();
    private readonly FakeCluster _cluster = new();

    public RunSubmitterTests() => _folder.Write("experiment/code.py", "print()");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_clock_that_jumps_back_between_submissions_confuses_nothing()
    {
        Run first = await SubmitAsync(Spec("a"));
        Assert.Equal(_clock.Now, first.SubmittedAt);
        _clock.Now = _clock.Now.AddYears(-30);
        Run again = await SubmitAsync(Spec("a"));
        Assert.True(again.Deduplicated);
        Run second = await SubmitAsync(Spec("b"));
        Assert.NotEqual(first.RunId, second.RunId);
        Assert.Equal(2, _cluster.Sent.Count);

        _cluster.States[first.RunId] = TaskState.Failed;
        Run third = await SubmitAsync(Spec("a"));
        Assert.False(third.Deduplicated);
        _clock.Now = _clock.Now.AddYears(-10);
        _cluster.States[third.RunId] = TaskState.Complete;
        Assert.Equal(third.RunId, (await SubmitAsync(Spec("a"))).RunId);
        PriorRunReport report = await Store().FindByCmdShaAsync(third.CmdSha);
        Assert.True(report.AgeSeconds >= 0);
        RunListing all = await Store().ListAsync();
        Assert.Equal(3, all.Runs.Count);
        Assert.Empty(all.Warnings);
    }

    [Fact]
    public async Task Runs_of_one_identity_within_one_second_get_names_of_their_own()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < 4; i++)
        {
            Run run = await SubmitAsync(Spec("a"));
            Assert.True(names.Add(run.RunId));
            _cluster.States[run.RunId] = i % 2 == 0 ? TaskState.Failed : TaskState.Cancelled;
        }
        Assert.Equal(4, _cluster.Sent.Count);
    }

    [Fact]
    public async Task What_failed_or_was_stopped_since_the_last_look_does_not_stand_in_the_way_and_what_runs_does()
    {
        Run first = await SubmitAsync(Spec("a"));
        Assert.True((await SubmitAsync(Spec("a"))).Deduplicated);
        _cluster.States[first.RunId] = TaskState.Failed;
        Run second = await SubmitAsync(Spec("a"));
        Assert.False(second.Deduplicated);
        Assert.Equal(LifecycleState.Failed, (await Store().FindAsync(first.RunId))!.Run.State);
        Assert.Equal(second.RunId, (await SubmitAsync(Spec("a"))).RunId);
        _cluster.States[second.RunId] = TaskState.Complete;
        Assert.True((await SubmitAsync(Spec("a"))).Deduplicated);
        // Complete is remembered: the cluster is not asked again, and the same answer comes without it.
        _cluster.States[second.RunId] = TaskState.Failed;
        Assert.Equal(second.RunId, (await SubmitAsync(Spec("a"))).RunId);
        Assert.Equal(2, _cluster.Sent.Count);
    }

    [Fact]
    public async Task An_interrupted_submission_is_finished_with_the_same_name_and_tokens()
    {
        _cluster.Failure = new HpcException(ErrorCode.SshUnreachable, "no route");
        await Assert.ThrowsAsync<HpcException>(() => SubmitAsync(Spec("a")));
        RunRecord half = Assert.Single((await Store().ListAsync()).Runs);
        Assert.True(half.Journal.IsResumable);
        _cluster.Failure = null;
        Run run = await SubmitAsync(Spec("a"));
        Assert.Equal((half.Run.RunId, false), (run.RunId, run.Deduplicated));
        Assert.Equal(half.Sidecar!.Tokens, Assert.Single(_cluster.Sent).Tokens);
        Assert.Equal([$"job-{half.Sidecar.Tokens![0]}"], run.JobIds);
    }

    [Fact]
    public async Task A_chosen_name_is_kept_for_its_run_alone()
    {
        Run run = await SubmitAsync(Spec("a") with { RunId = "mine" });
        Assert.Equal("mine", run.RunId);
        Assert.True((await SubmitAsync(Spec("a") with { RunId = "mine" })).Deduplicated);
        Assert.Equal(ErrorCode.SpecInvalid, (await Assert.ThrowsAsync<HpcException>(() => SubmitAsync(Spec("b") with { RunId = "mine" }))).Code);
        _cluster.States["mine"] = TaskState.Failed;
        HpcException over = await Assert.ThrowsAsync<HpcException>(() => SubmitAsync(Spec("a") with { RunId = "mine" }));
        Assert.Equal(ErrorCode.PreconditionFailed, over.Code);
        Assert.Contains("'mine' is failed", over.Message, StringComparison.Ordinal);
        Assert.NotEqual("mine", (await SubmitAsync(Spec("a"))).RunId);
    }

    [Fact]
    public async Task A_run_to_wait_for_must_be_there_and_be_submitted_before_anything_is_written()
    {
        HpcException unknown = await Assert.ThrowsAsync<HpcException>(() => SubmitAsync(Spec("a") with { After = ["nobody"] }));
        Assert.Equal(ErrorCode.SpecInvalid, unknown.Code);
        Assert.Empty((await Store().ListAsync()).Runs);
        _cluster.Failure = new HpcException(ErrorCode.SshUnreachable, "no route");
        await Assert.ThrowsAsync<HpcException>(() => SubmitAsync(Spec("b") with { RunId = "half" }));
        _cluster.Failure = null;
        HpcException half = await Assert.ThrowsAsync<HpcException>(() => SubmitAsync(Spec("a") with { After = ["half"] }));
        Assert.Equal(ErrorCode.PreconditionFailed, half.Code);
        await SubmitAsync(Spec("b") with { RunId = "half" });
        await SubmitAsync(Spec("a") with { After = ["half"] });
        Assert.Equal([new RunLayout(Experiment, "half").Root], _cluster.Sent[^1].AfterRunFolders);
    }

    private string Experiment => _folder["experiment"];

    private RunStore Store() => new(new StateFolder(new StateEnvironment { JournalDirectory = _folder["state"] }), Experiment, _clock);

    private async Task<Run> SubmitAsync(RunSpec spec) =>
        (await new RunSubmitter(Store(), _clock).SubmitAsync(await RunDraft.CreateAsync(spec, CancellationToken.None), CancellationToken.None)).Run;

    private RunSpec Spec(string value) => new()
    {
        ExperimentPath = Experiment,
        Cluster = _cluster,
        Tasks = TaskSet.FromObjects([value]),
        CommandKind = CommandKind.Command,
        Command = "echo {_}",
        Name = "test",
    };
}
