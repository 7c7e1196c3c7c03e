using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

public sealed class SshSharingTests
{
    [SkippableFact]
    public async Task Calls_at_the_same_time_make_one_connection()
    {
        using var sshd = await TestSshd.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => sshd.Host().RunAsync(Scripts.Of($"echo {i}; cat", "p"), default)));
        Assert.Equal(["0\np", "1\np", "2\np", "3\np", "4\np", "5\np"], answers.Select(answer => answer.Text("")));
        Assert.Equal(1, answers.Sum(answer => answer.Wire.ConnectionCount));
        Assert.Equal((1, 6), (sshd.ConnectionCount, sshd.ExecutionCount));
    }

    [SkippableFact]
    public async Task Without_sharing_each_call_is_a_connection()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host(new() { ShareConnections = false });
        Assert.Equal(1, (await host.RunAsync(Scripts.Of("true"), default)).Wire.ConnectionCount);
        Assert.Equal(1, (await host.RunAsync(Scripts.Of("true"), default)).Wire.ConnectionCount);
        Assert.Equal((2, 2), (sshd.ConnectionCount, sshd.ExecutionCount));
        Assert.Empty(sshd.ClientProcesses());
    }

    [SkippableFact]
    public async Task A_connection_that_the_user_holds_open_is_used_and_left_alone()
    {
        using var sshd = await TestSshd.StartAsync();
        var socket = sshd.Folder["own"];
        var config = sshd.Folder.Write("own_config", File.ReadAllText(sshd.Folder["ssh_config"]) + $"\n  ControlPath {socket}\n");
        var host = sshd.Host(change: site => site with { SshConfig = config });
        Assert.Equal(1, (await host.RunAsync(Scripts.Of("true"), default)).Wire.ConnectionCount);
        Assert.False(File.Exists(socket));
        await ChildProcess.RunAsync("ssh", null, "-F", config, "-o", "ControlMaster=yes", "-o", "ControlPersist=60", "-f", "-N", "-E", sshd.Folder["master.log"], "sshd-of-test");
        Assert.Equal(0, (await host.RunAsync(Scripts.Of("true"), default)).Wire.ConnectionCount);
        await host.CloseSharedConnectionAsync(default);
        Assert.True(File.Exists(socket));
        await ChildProcess.TryRunAsync("ssh", null, ["-F", config, "-O", "exit", "sshd-of-test"]);
    }

    [SkippableFact]
    public async Task A_socket_that_nobody_serves_costs_one_new_connection()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host();
        await host.RunAsync(Scripts.Of("true"), default);
        foreach (var pid in Processes.With(host.SocketPath!))
            Processes.Signal(pid, "KILL");
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
        Assert.True(File.Exists(host.SocketPath));
        Assert.Equal((1, 1), Cost(await host.RunAsync(Scripts.Of("true"), default)));
        Assert.Equal((0, 1), Cost(await host.RunAsync(Scripts.Of("true"), default)));
    }

    [SkippableFact]
    public async Task A_socket_that_nobody_serves_does_not_hide_that_nothing_was_run()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host();
        await host.RunAsync(Scripts.Of("true"), default);
        foreach (var pid in Processes.With(host.SocketPath!))
            Processes.Signal(pid, "KILL");
        sshd.Kill();
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
        Assert.True(File.Exists(host.SocketPath));
        await host.FailsAsync<HpcException>(Scripts.Of("true"), HostFailureKind.Refused, ScriptExecution.NotStarted);
    }

    [SkippableTheory]
    [InlineData("2>&2 >/dev/null")]
    [InlineData("")]
    public async Task Streams_that_a_shared_connection_holds_open_are_not_waited_for(string redirection)
    {
        // Older versions of ssh keep the standard error of the first call open as long as the connection.
        using var sshd = await TestSshd.StartAsync();
        var seconds = $"3600.{Random.Shared.NextInt64(1_000_000_000, 9_000_000_000)}";
        var program = sshd.Folder.Write("ssh", $"#!/bin/sh\ncase \"$*\" in *' -E '*) sleep {seconds} {redirection} & ;; esac\nexec ssh \"$@\"\n");
        TempFolder.SetMode(program, 0b111_101_101);
        try
        {
            var host = sshd.Host(new() { Program = program, RetriesConnections = false });
            Assert.Equal("x", (await host.RunAsync(Scripts.Of("echo x"), default)).Text(""));
            await host.CloseSharedConnectionAsync(default);
            sshd.Kill();
            await host.FailsAsync<HpcException>(Scripts.Of("echo x"), HostFailureKind.Refused, ScriptExecution.NotStarted);
        }
        finally
        {
            foreach (var pid in Processes.With(seconds))
                Processes.Signal(pid, "KILL");
        }
    }

    [SkippableFact]
    public async Task Settings_of_the_user_that_would_disturb_a_call_are_undone()
    {
        using var sshd = await TestSshd.StartAsync();
        var config = sshd.Folder.Write(
            "odd_config", File.ReadAllText(sshd.Folder["ssh_config"]) + $"\n  RemoteCommand echo mine\n  RequestTTY force\n  LocalForward {sshd.Port} 127.0.0.1:1\n  ExitOnForwardFailure yes\n  LogLevel QUIET\n");
        var answer = await sshd.Host(change: site => site with { SshConfig = config }).RunAsync(Scripts.Of("printf 'a\\nb'; cat", "\r\n"), default);
        Assert.Equal("a\nb\r\n"u8.ToArray(), answer.Find("")!.Value.ToArray());
        Assert.Equal(1, answer.Wire.ConnectionCount);
    }

    [SkippableFact]
    public async Task Sockets_lie_where_nobody_else_can_enter()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host();
        List<string> started = [];
        using var listening = Engine.Processes.StartedPrograms.Listen(started.Add);
        await host.RunAsync(Scripts.Of("true"), default);
        var log = started[^1].Split(' ').SkipWhile(argument => argument != "-E").ElementAt(1);
        Assert.EndsWith(".log", log, StringComparison.Ordinal);
        Assert.False(File.Exists(log));
        Assert.Equal(0b111_000_000, TempFolder.Mode(Path.GetDirectoryName(host.SocketPath)!));
        Assert.InRange(host.SocketPath!.Length, 1, 86);
    }

    [Fact]
    public void A_site_without_a_host_is_this_machine()
    {
        var site = new SiteConfig { Name = "here", Scheduler = "slurm", Origin = "clusters.yaml:1" };
        Assert.IsType<LocalHost>(HostFactory.Create(site, "/nowhere", TimeProvider.System));
        Assert.Equal("me@there", Assert.IsType<SshHost>(HostFactory.Create(site with { Host = "there", User = "me" }, "/nowhere", TimeProvider.System)).Name);
    }

    private static (int, int) Cost(HostAnswer answer) => (answer.Wire.ConnectionCount, answer.Wire.ExecutionCount);
}
