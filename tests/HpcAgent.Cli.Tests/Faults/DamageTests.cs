using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Cli.Tests.Faults;

/// <summary>Truncated and bit-flipped files: the status still answers, names the damage, and claims nothing that the rest does not show.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("journal")]
    [InlineData("sidecar")]
    [InlineData("events")]
    public async Task Any_flipped_bit_and_any_cut_is_told_and_never_turns_success_into_failure(string kind)
    {
        string runId = await CompleteRunAsync();
        string path = PathOf(kind, runId);
        string journal = PathOf("journal", runId);
        byte[] whole = File.ReadAllBytes(path);
        byte[] wholeJournal = File.ReadAllBytes(journal);
        Random random = new(20260301);
        for (int i = 0; i < 150; i++)
        {
            byte[] damaged = [.. whole];
            string what;
            if (i % 3 == 0)
            {
                int length = random.Next(0, whole.Length - 1);
                damaged = damaged[..length];
                what = $"{kind} cut to {length} of {whole.Length} bytes";
            }
            else
            {
                int at = random.Next(whole.Length);
                int bit = random.Next(8);
                damaged[at] ^= (byte)(1 << bit);
                what = $"{kind} with bit {bit} of byte {at} flipped";
            }
            File.WriteAllBytes(path, damaged);
            await CheckStatusAsync(runId, kind, what, isFlip: i % 3 != 0);
            File.WriteAllBytes(journal, wholeJournal);
            File.WriteAllBytes(path, whole);
        }
        Assert.Equal("complete", (await _sandbox.StatusAsync(runId)).State);
    }

    [Fact]
    public async Task A_damaged_journal_does_not_stop_a_run_from_being_looked_after()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string runId = await _sandbox.StartRunAsync(new { command = "while ! [ -e {go} ]; do sleep 0.05; done", tasks = Enumerable.Range(0, 4).Select(i => new { i, go }).ToArray() });
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(runId).Count == 2));
        _sandbox.KillSupervisor();
        File.WriteAllText(PathOf("journal", runId), "rubbish\n");
        File.WriteAllText(go, "");
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.True(end.State == "complete", end.Json.ToString());
        Assert.Contains(end.Warnings, w => w.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_record_of_a_half_made_run_is_refused_with_a_remedy_and_nothing_is_sent_twice()
    {
        string spec = _sandbox.WriteSpec("""{"command": "true", "tasks": [{"i": 0}]}""");
        _ = await _sandbox.StartAsync(Sandbox.FaultClient, _sandbox.Experiment, Sandbox.CliFolder, spec, "queued");
        string sidecar = Directory.GetFiles(Path.Combine(_sandbox.Experiment, ".hpc", "runs"), "*.json").Single();
        byte[] whole = File.ReadAllBytes(sidecar);
        File.WriteAllBytes(sidecar, whole[..(whole.Length / 2)]);
        Answer refused = await _sandbox.RunAsync("submit-flow", "--experiment-dir", _sandbox.Experiment, "--spec", spec);
        Assert.Equal((3, "journal_corrupt"), (refused.ExitCode, refused.ErrorCode));
        Assert.Contains(Path.GetFileNameWithoutExtension(sidecar), refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remediation);
        File.WriteAllBytes(sidecar, whole);
        Answer taken = await _sandbox.RunAsync("submit-flow", "--experiment-dir", _sandbox.Experiment, "--spec", spec);
        Assert.Equal(Path.GetFileNameWithoutExtension(sidecar), taken.RunId);
        Assert.Equal("complete", (await _sandbox.WaitAsync(taken.RunId)).State);
    }

    [Fact]
    public async Task A_run_whose_order_is_damaged_leaves_the_queue_and_the_status_says_why()
    {
        string spec = _sandbox.WriteSpec("""{"command": "true", "tasks": [{"i": 0}]}""");
        _ = await _sandbox.StartAsync(Sandbox.FaultClient, _sandbox.Experiment, Sandbox.CliFolder, spec, "identified");
        string runId = Path.GetFileNameWithoutExtension(Directory.GetFiles(Path.Combine(_sandbox.Experiment, ".hpc", "runs"), "*.json").Single());
        File.WriteAllText(_sandbox.Layout(runId).Order, "{\"run_id\":");
        Assert.True((await _sandbox.RunAsync("submit-flow", "--experiment-dir", _sandbox.Experiment, "--spec", spec)).IsOk);
        Answer end = await _sandbox.WaitAsync(runId, 10);
        Assert.Equal("unable_to_verify", end.State);
        Assert.Contains(end.Warnings, w => w.Contains("gave the run up", StringComparison.Ordinal));
        // The next run is not held up.
        (_, Answer next) = await _sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 1}]}""");
        Assert.Equal("complete", next.State);
    }

    private async Task CheckStatusAsync(string runId, string kind, string what, bool isFlip)
    {
        OperationContext context = _sandbox.Context();
        RunStatus status;
        try
        {
            status = (await new StatusOperation().ExecuteAsync(new StatusRequest { RunId = runId }, context, CancellationToken.None)).Status;
        }
        catch (HpcException e)
        {
            Assert.True(e.Code == ErrorCode.JournalCorrupt, $"{what}: {e.Code} {e.Message}");
            Assert.False(string.IsNullOrEmpty(e.Remediation), what);
            return;
        }
        Assert.True(status.State is LifecycleState.Complete or LifecycleState.UnableToVerify, $"{what}: {status.State}");
        // A file that was cut at the end of a line is a shorter file: nothing in it is damaged. What is missing must then show in the state.
        if (isFlip) Assert.True(status.Warnings.Count > 0, $"{what}: no warning");
        if (kind == "events" && status.Warnings.Count == 0) Assert.True(status.State == LifecycleState.UnableToVerify || status.Counts.CompleteCount == 3, what);
    }

    private async Task<string> CompleteRunAsync()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 0}, {"i": 1}, {"i": 2}]}""");
        Assert.Equal("complete", end.State);
        return runId;
    }

    private string PathOf(string kind, string runId) => kind switch
    {
        "journal" => new RunStore(new StateFolder(new StateEnvironment { JournalDirectory = _sandbox.State }), _sandbox.Experiment, TimeProvider.System).Journal(runId).FilePath,
        "sidecar" => Path.Combine(_sandbox.Experiment, ".hpc", "runs", runId + ".json"),
        _ => Directory.GetFiles(_sandbox.Layout(runId).Events).Single(),
    };
}
