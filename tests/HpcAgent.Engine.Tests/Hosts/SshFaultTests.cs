using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>What goes wrong while a script may be running, and what is left behind.</summary>
public sealed class SshFaultTests
{
    [SkippableFact]
    public async Task A_frozen_server_hits_the_deadline_before_anything_is_run_and_leaves_no_process()
    {
        using var sshd = await TestSshd.StartAsync();
        sshd.SendToServer("STOP");
        var error = await sshd.Host().FailsAsync<HpcException>(Scripts.Of("echo x").Within(4), HostFailureKind.Deadline, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.ClusterTimeout, error.Code);
        Assert.Contains("had not begun", error.Message, StringComparison.Ordinal);
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
    }

    [SkippableFact]
    public async Task A_server_that_freezes_under_a_shared_connection_hits_the_deadline_and_the_connection_is_given_up()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host();
        await host.RunAsync(Scripts.Of("true"), default);
        sshd.SendToAll("STOP");
        var error = await host.FailsAsync<HpcException>(Scripts.Of("echo x").Within(4), HostFailureKind.Deadline, ScriptExecution.MayHaveRun);
        Assert.Contains("not known whether", error.Message, StringComparison.Ordinal);
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
        sshd.SendToAll("CONT");
        Assert.Equal(1, (await host.RunAsync(Scripts.Of("true"), default)).Wire.ConnectionCount);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_killed_in_the_middle_of_an_answer_is_a_cut_answer(bool shares)
    {
        using var sshd = await TestSshd.StartAsync();
        var script = Scripts.Of("hpc_part x; echo begun; sleep 30") with { Receive = _ => new Trigger(sshd.Kill) };
        var error = await sshd.Host(new() { ShareConnections = shares }).FailsAsync<HpcException>(script, HostFailureKind.AnswerCut, ScriptExecution.MayHaveRun);
        Assert.Equal(ErrorCode.RemoteCommandFailed, error.Code);
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
    }

    [SkippableFact]
    public async Task A_server_killed_before_the_answer_begins_leaves_it_open_whether_the_script_ran()
    {
        using var sshd = await TestSshd.StartAsync("ForceCommand sleep 30");
        var call = sshd.Host().FailsAsync<HpcException>(Scripts.Of("true"), HostFailureKind.AnswerCut, ScriptExecution.MayHaveRun);
        await sshd.WaitForAsync(() => sshd.ExecutionCount > 0);
        sshd.Kill();
        Assert.Contains("not known whether", (await call).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_leaves_nothing_but_the_shared_connection(bool shares)
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host(new() { ShareConnections = shares });
        using var source = new CancellationTokenSource();
        var script = Scripts.Of("hpc_part x; echo begun; sleep 30") with { Receive = _ => new Trigger(source.Cancel) };
        await host.FailsAsync<OperationCanceledException>(script, HostFailureKind.Cancelled, ScriptExecution.MayHaveRun, source.Token);
        await sshd.WaitForAsync(() => sshd.ClientProcesses().Count() == (shares ? 1 : 0));
        if (shares)
            Assert.Equal(0, (await host.RunAsync(Scripts.Of("true"), default)).Wire.ConnectionCount);
        await host.CloseSharedConnectionAsync(default);
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
    }

    [SkippableFact]
    public async Task Cancelling_while_connecting_ends_the_proxy_command_too()
    {
        using var sshd = await TestSshd.StartAsync();
        var seconds = $"3600.{Random.Shared.NextInt64(1_000_000_000, 9_000_000_000)}";
        var host = sshd.Host(change: site => site with { SshOptions = [$"ProxyCommand=sh -c 'sleep {seconds}; :'"] });
        using var source = new CancellationTokenSource();
        var call = host.FailsAsync<OperationCanceledException>(Scripts.Of("true"), HostFailureKind.Cancelled, ScriptExecution.NotStarted, source.Token);
        await sshd.WaitForAsync(() => Processes.CommandLines().Any(line => line.StartsWith($"sleep {seconds}", StringComparison.Ordinal)));
        await source.CancelAsync();
        await call;
        await sshd.WaitForAsync(() => !Processes.CommandLines().Any(line => line.Contains(seconds, StringComparison.Ordinal)));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_megabytes_up_and_fifty_down_neither_block_nor_change(bool shares)
    {
        using var sshd = await TestSshd.StartAsync();
        Large.Check(await sshd.Host(new() { ShareConnections = shares }).RunAsync(Large.Script, default));
    }

    [SkippableFact]
    public async Task A_payload_that_nobody_reads_or_that_fails_ends_well()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host();
        var answer = await host.RunAsync(Scripts.Of("echo done; exit 2") with { Payload = Large.WriteAsync }, default);
        Assert.Equal((2, "done"), (answer.ExitCode, answer.Text("")));
        var script = Scripts.Of("cat > /dev/null; echo never") with { Payload = (_, _) => throw new FormatException("mine") };
        Assert.Equal("mine", (await host.FailsAsync<FormatException>(script, HostFailureKind.Cancelled, ScriptExecution.MayHaveRun)).Message);
    }

    [SkippableFact]
    public async Task A_script_whose_children_keep_its_output_open_ends_with_its_last_mark()
    {
        using var sshd = await TestSshd.StartAsync();
        var answer = await sshd.Host().RunAsync(Scripts.Of("sleep 20 & echo done").Within(15), default);
        Assert.Equal("done", answer.Text(""));
    }

    [SkippableFact]
    public async Task Noise_around_the_answer_is_not_in_it()
    {
        const string Fake = "0123456789abcdef0123456789abcdef";
        using var sshd = await TestSshd.StartAsync(
            $"ForceCommand echo 'Welcome to {Fake}>begin 0'; printf '{Fake}>part x'; eval \"$(echo \"$SSH_ORIGINAL_COMMAND\" | sed 's/^exec//')\"; echo '{Fake}>end 0 bye'; exit 9");
        var answer = await sshd.Host().RunAsync(Scripts.Of($"printf '\\377\\000'; echo '{Fake}>end 0'; hpc_part y; printf 1; exit 4"), default);
        Assert.Equal(4, answer.ExitCode);
        Assert.Equal([0xff, 0, .. System.Text.Encoding.ASCII.GetBytes($"{Fake}>end 0\n")], answer.Find("")!.Value.ToArray());
        Assert.Equal("1", answer.Text("y"));
    }
}
