using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Tests.Hosts;

public sealed class LocalHostTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalHost host = new(TimeProvider.System);

    public LocalHostTests() => Assert.False(OperatingSystem.IsWindows());

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_call_is_no_connection_and_one_execution_in_the_home_folder()
    {
        List<string> started = [];
        using var listening = StartedPrograms.Listen(started.Add);
        var answer = await host.RunAsync(Scripts.Of("hpc_part where; pwd; hpc_part what; cat; echo err >&2; exit 255", "payload"), default);
        Assert.Equal(255, answer.ExitCode);
        Assert.Equal(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), answer.Text("where"));
        Assert.Equal("payload", answer.Text("what"));
        Assert.Equal("err", answer.ErrorText);
        Assert.Equal((0, 1), (answer.Wire.ConnectionCount, answer.Wire.ExecutionCount));
        Assert.StartsWith("/bin/sh -c", Assert.Single(started), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_megabytes_up_and_fifty_down_neither_block_nor_change()
    {
        var answer = await host.RunAsync(Large.Script, default);
        Large.Check(answer);
    }

    [Fact]
    public async Task A_script_need_not_read_its_payload()
    {
        var answer = await host.RunAsync(Scripts.Of("echo done; exit 2") with { Payload = Large.WriteAsync }, default);
        Assert.Equal((2, "done"), (answer.ExitCode, answer.Text("")));
    }

    [Fact]
    public async Task Errors_are_cut_to_their_end()
    {
        var answer = await host.RunAsync(Scripts.Of("i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done"), default);
        Assert.Equal(0, answer.ExitCode);
        Assert.InRange(answer.ErrorText.Length, 7000, 8192);
        Assert.EndsWith("line 2999", answer.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_script_leaves_running_is_neither_waited_for_nor_ended()
    {
        var (mark, go) = (folder["alive"], folder["go"]);
        var answer = await host.RunAsync(Scripts.Of($"(i=0; while [ ! -e '{go}' ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done; echo x > '{mark}') & echo started"), default);
        Assert.Equal("started", answer.Text(""));
        Assert.False(File.Exists(mark));
        File.WriteAllText(go, "");
        for (var i = 0; i < 1500 && !File.Exists(mark); i++)
            await Task.Delay(20);
        Assert.True(File.Exists(mark));
    }

    [Fact]
    public async Task The_deadline_ends_the_processes()
    {
        var seconds = UniqueSeconds();
        var error = await host.FailsAsync<HpcException>(Scripts.Of($"echo begun; sleep {seconds}; :").Within(3), HostFailureKind.Deadline, ScriptExecution.MayHaveRun);
        Assert.Equal(ErrorCode.ClusterTimeout, error.Code);
        Assert.Contains("had begun", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Processes.CommandLines(), line => line.Contains(seconds, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelling_ends_the_processes()
    {
        var seconds = UniqueSeconds();
        using var source = new CancellationTokenSource();
        var script = Scripts.Of($"hpc_part x; echo begun; sleep {seconds}; :") with { Receive = _ => new Trigger(source.Cancel) };
        await host.FailsAsync<OperationCanceledException>(script, HostFailureKind.Cancelled, ScriptExecution.MayHaveRun, source.Token);
        Assert.DoesNotContain(Processes.CommandLines(), line => line.Contains(seconds, StringComparison.Ordinal));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await host.FailsAsync<OperationCanceledException>(script, HostFailureKind.Cancelled, ScriptExecution.NotStarted, cancelled.Token);
    }

    [Fact]
    public async Task A_payload_that_throws_ends_the_call_with_its_own_error()
    {
        var script = Scripts.Of("cat > /dev/null; echo never") with { Payload = (_, _) => throw new FormatException("mine") };
        Assert.Equal("mine", (await host.FailsAsync<FormatException>(script, HostFailureKind.Cancelled, ScriptExecution.MayHaveRun)).Message);
        var late = script with
        {
            Payload = async (stream, cancellation) =>
            {
                await stream.WriteAsync(new byte[1_000_000], cancellation);
                throw new IOException("disk");
            },
        };
        Assert.Equal("disk", (await host.FailsAsync<IOException>(late, HostFailureKind.Cancelled, ScriptExecution.MayHaveRun)).Message);
    }

    [Fact]
    public async Task A_receiver_that_throws_ends_the_call_with_its_own_error()
    {
        var script = Scripts.Of("hpc_part x; echo y; cat") with { Receive = _ => throw new IOException("full"), Payload = Large.WriteAsync };
        Assert.Equal("full", (await host.FailsAsync<IOException>(script, HostFailureKind.Cancelled, ScriptExecution.MayHaveRun)).Message);
    }

    [Fact]
    public async Task An_answer_beyond_the_limit_is_refused()
    {
        var script = Scripts.Of("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyy; done") with { AnswerLimit = 100_000 };
        var error = await host.FailsAsync<HpcException>(script, HostFailureKind.AnswerTooLarge, ScriptExecution.MayHaveRun);
        Assert.Contains("100000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_can_go_to_a_file_as_it_comes()
    {
        var path = folder["part"];
        await using (var file = File.Create(path))
        {
            var answer = await host.RunAsync(
                Scripts.Of("echo a; hpc_part big; head -c 3000000 /dev/zero; hpc_part end; echo z") with { Receive = name => name == "big" ? file : null, AnswerLimit = 10 }, default);
            Assert.Equal(["", "big", "end"], answer.Parts.Select(part => part.Name));
            Assert.Equal("z", answer.Text("end"));
        }

        Assert.Equal(3_000_000, new FileInfo(path).Length);
    }

    [Fact]
    public async Task A_script_with_a_syntax_error_runs_nothing()
    {
        var mark = folder["ran"];
        var error = await host.FailsAsync<HpcException>(Scripts.Of($"echo x > '{mark}'\nif true; do"), HostFailureKind.ScriptRejected, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.RemoteCommandFailed, error.Code);
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task A_shell_that_is_killed_gives_no_whole_answer()
    {
        await host.FailsAsync<HpcException>(Scripts.Of("echo x; kill -9 $$; sleep 1"), HostFailureKind.AnswerCut, ScriptExecution.MayHaveRun);
    }

    [Fact]
    public async Task A_machine_without_a_shell_says_so()
    {
        var none = new LocalHost(TimeProvider.System) { Shell = folder["no-shell"] };
        var error = await none.FailsAsync<HpcException>(Scripts.Of("true"), HostFailureKind.ProgramMissing, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
    }

    private static string UniqueSeconds() => $"3600.{Random.Shared.NextInt64(1_000_000_000, 9_000_000_000)}";
}
