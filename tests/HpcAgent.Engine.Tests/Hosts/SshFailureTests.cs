using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>What goes wrong before a script begins, each told apart from the others by a real ssh and sshd.</summary>
public sealed class SshFailureTests
{
    private static readonly HostScript s_script = Scripts.Of("echo never");

    [SkippableFact]
    public async Task An_unknown_host_key_is_not_accepted()
    {
        using var sshd = await TestSshd.StartAsync();
        var none = sshd.Folder.Write("no_hosts");
        var host = sshd.Host(change: site => site with { SshOptions = [$"UserKnownHostsFile={none}"] });
        var error = await host.FailsAsync<HpcException>(s_script, HostFailureKind.HostKeyUnknown, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Contains("Host key verification failed", error.Message, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(none));
        Assert.Equal(0, sshd.ConnectionCount);
    }

    [SkippableFact]
    public async Task A_changed_host_key_is_refused()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host(change: site => site with { SshOptions = [$"UserKnownHostsFile={sshd.Folder["changed_hosts"]}"] });
        var error = await host.FailsAsync<HpcException>(s_script, HostFailureKind.HostKeyChanged, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
    }

    [SkippableFact]
    public async Task A_key_that_the_host_does_not_know_is_denied_and_the_third_try_is_not_made()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host(
            new() { Pauses = [TimeSpan.Zero, TimeSpan.Zero] }, site => site with { SshConfig = OtherKey(sshd) });
        for (var i = 0; i < 2; i++)
        {
            var error = await host.FailsAsync<HpcException>(s_script, HostFailureKind.AuthenticationFailed, ScriptExecution.NotStarted);
            Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
            Assert.Contains("Permission denied (publickey)", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, Connections(sshd));
        var held = await host.FailsAsync<HpcException>(s_script, HostFailureKind.HeldBack, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.SshUnreachable, held.Code);
        Assert.Equal(2, Connections(sshd));
    }

    [SkippableFact]
    public async Task Refused_connections_are_tried_again_and_then_held_back_until_the_record_is_deleted()
    {
        using var sshd = await TestSshd.StartAsync();
        sshd.Kill();
        List<string> started = [];
        using var listening = Engine.Processes.StartedPrograms.Listen(started.Add);
        var host = sshd.Host(new() { Pauses = [TimeSpan.Zero, TimeSpan.Zero] });
        var error = await host.FailsAsync<HpcException>(s_script, HostFailureKind.Refused, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.SshUnreachable, error.Code);
        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, started.Count(line => line.Contains(" -E ", StringComparison.Ordinal)));

        // One call counts as one failure, however often it tried.
        await host.FailsAsync<HpcException>(s_script, HostFailureKind.Refused, ScriptExecution.NotStarted);
        await host.FailsAsync<HpcException>(s_script, HostFailureKind.Refused, ScriptExecution.NotStarted);
        var held = await sshd.Host().FailsAsync<HpcException>(s_script, HostFailureKind.HeldBack, ScriptExecution.NotStarted);
        var file = held.Remediation!.Split('\'').Single(part => part.EndsWith(".tries", StringComparison.Ordinal));
        await sshd.Host(new() { RetriesConnections = false, IgnoresEarlierFailures = true }).FailsAsync<HpcException>(s_script, HostFailureKind.Refused, ScriptExecution.NotStarted);
        File.Delete(file);
        await host.FailsAsync<HpcException>(s_script, HostFailureKind.Refused, ScriptExecution.NotStarted);
    }

    [SkippableFact]
    public async Task A_name_that_does_not_exist_and_a_port_without_a_server_are_told_apart()
    {
        using var sshd = await TestSshd.StartAsync();
        var nowhere = sshd.Host(change: site => site with { Host = "no.such.host.invalid", SshConfig = null });
        await nowhere.FailsAsync<HpcException>(s_script, HostFailureKind.NameNotResolved, ScriptExecution.NotStarted);
        var other = sshd.Host(change: site => site with { Port = 1 });
        await other.FailsAsync<HpcException>(s_script, HostFailureKind.Refused, ScriptExecution.NotStarted);
    }

    [SkippableFact]
    public async Task A_server_that_closes_at_once_is_a_reset()
    {
        using var sshd = await TestSshd.StartAsync();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var closing = Task.Run(async () => (await listener.AcceptTcpClientAsync()).Dispose());
        await sshd.Host(change: site => site with { Port = port }).FailsAsync<HpcException>(s_script, HostFailureKind.ConnectionReset, ScriptExecution.NotStarted);
        await closing;
    }

    [SkippableFact]
    public async Task Settings_that_ssh_refuses_are_a_matter_of_configuration()
    {
        using var sshd = await TestSshd.StartAsync();
        var option = await sshd.Host(change: site => site with { SshOptions = ["NoSuchOption=1"] })
            .FailsAsync<HpcException>(s_script, HostFailureKind.Configuration, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.ConfigInvalid, option.Code);
        Assert.Contains("nosuchoption", option.Message, StringComparison.OrdinalIgnoreCase);
        foreach (var host in (string[])["-oProxyCommand=touch /tmp/x", "", "a b", "a\nb"])
            Assert.Equal(ErrorCode.ConfigInvalid, Assert.Throws<HpcException>(() => sshd.Host(change: site => site with { Host = host })).Code);
        Assert.Throws<HpcException>(() => sshd.Host(change: site => site with { Port = 70000 }));
        Assert.Throws<HpcException>(() => sshd.Host(change: site => site with { SshConfig = sshd.Folder["missing"] }));
    }

    [SkippableFact]
    public async Task A_missing_ssh_program_is_named()
    {
        using var sshd = await TestSshd.StartAsync();
        var error = await sshd.Host(new() { Program = "ssh-that-is-not-there" }).FailsAsync<HpcException>(s_script, HostFailureKind.ProgramMissing, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Contains("ssh-that-is-not-there", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("echo This account is currently not available.; exit 1", "currently not available")]
    [InlineData("exit 0", "status 0")]
    [InlineData("head -c 3000 /dev/urandom; exit 3", "status 3")]
    [InlineData("read line; eval \"$SSH_ORIGINAL_COMMAND\"", "start")]
    public async Task A_login_shell_that_does_not_run_the_script_is_named(string command, string words)
    {
        using var sshd = await TestSshd.StartAsync($"ForceCommand {command}");
        var error = await sshd.Host().FailsAsync<HpcException>(s_script, HostFailureKind.LoginShell, ScriptExecution.NotStarted);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Contains(words, error.Message + error.Remediation, StringComparison.Ordinal);
        Assert.Equal(1, sshd.ConnectionCount);
    }

    [SkippableFact]
    public async Task A_second_factor_is_not_taken_for_a_wrong_key()
    {
        using var sshd = await TestSshd.StartAsync("AuthenticationMethods publickey,password\nPasswordAuthentication yes");
        var error = await sshd.Host().FailsAsync<HpcException>(s_script, HostFailureKind.InteractionNeeded, ScriptExecution.NotStarted);
        Assert.Contains("ControlMaster", error.Remediation, StringComparison.Ordinal);
    }

    private static int Connections(TestSshd sshd) => sshd.Log.Split('\n').Count(line => line.StartsWith("Connection from", StringComparison.Ordinal));

    private static string OtherKey(TestSshd sshd) =>
        sshd.Folder.Write("other_config", File.ReadAllText(sshd.Folder["ssh_config"]).Replace(sshd.Folder["user_key"], sshd.Folder["strange_key"], StringComparison.Ordinal));
}
