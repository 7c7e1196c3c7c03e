using System.Text;

namespace HpcAgent.Engine.Tests.Hosts;

public sealed class SshHostTests
{
    [SkippableFact]
    public async Task A_call_is_one_connection_and_one_execution_and_the_next_call_shares_the_connection()
    {
        using var sshd = await TestSshd.StartAsync();
        var host = sshd.Host();
        var answer = await host.RunAsync(Scripts.Of("echo before; hpc_part who; echo you; hpc_part payload; cat; echo oops >&2; exit 3", "pay\0load"), default);
        Assert.Equal(3, answer.ExitCode);
        Assert.Equal("before", answer.Text(""));
        Assert.Equal("you\n", Encoding.UTF8.GetString(answer.Find("who")!.Value.Span));
        Assert.Equal("pay\0load", Encoding.UTF8.GetString(answer.Find("payload")!.Value.Span));
        Assert.EndsWith("oops", answer.ErrorText);
        Assert.Equal((1, 1), (answer.Wire.ConnectionCount, answer.Wire.ExecutionCount));
        Assert.InRange(answer.Wire.BytesUp, 100, 2000);
        Assert.InRange(answer.Wire.BytesDown, 30, 2000);
        Assert.Equal((1, 1), (sshd.ConnectionCount, sshd.ExecutionCount));

        var second = await host.RunAsync(Scripts.Of("true"), default);
        Assert.Equal((0, 1), (second.Wire.ConnectionCount, second.Wire.ExecutionCount));
        var other = await sshd.Host().RunAsync(Scripts.Of("true"), default);
        Assert.Equal((0, 1), (other.Wire.ConnectionCount, other.Wire.ExecutionCount));
        Assert.Equal((1, 3), (sshd.ConnectionCount, sshd.ExecutionCount));
        Assert.Single(sshd.ClientProcesses());

        await host.CloseSharedConnectionAsync(default);
        await sshd.WaitForAsync(() => !sshd.ClientProcesses().Any());
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(97)]
    [InlineData(255)]
    public async Task The_exit_status_of_the_script_comes_back(int status)
    {
        using var sshd = await TestSshd.StartAsync();
        Assert.Equal(status, (await sshd.Host().RunAsync(Scripts.Of($"echo x; exit {status}"), default)).ExitCode);
    }
}
