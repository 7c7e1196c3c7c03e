using System.Diagnostics;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>Plain calls are read by a short parser, all others by the full one: both must understand the same.</summary>
public sealed class PlainCallTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("status --run-id nope", "status --run-id=nope")]
    [InlineData("status --run-id nope --tasks", "status --run-id nope --tasks true")]
    [InlineData("status --min-rows 5 --run-id nope", "status --run-id=nope --min-rows=5")]
    [InlineData("status --min-rows many --run-id nope", "status --run-id=nope --min-rows=many")]
    [InlineData("status --spec - --run-id other", "status --spec=- --run-id=other")]
    [InlineData("aggregate-flow --run-id nope --by a,b c --quantiles 0.1 2", "aggregate-flow --run-id=nope --by a,b --by c --quantiles 0.1 --quantiles 2")]
    [InlineData("capabilities", "capabilities --full false")]
    [InlineData("capabilities --full", "capabilities --full:true")]
    [InlineData("list-in-flight --all", "list-in-flight --all=true")]
    [InlineData("submit-flow --command true --dry-run --cpus 1 --walltime 1h", "submit-flow --command=true --dry-run=true --cpus:1 --walltime=1h")]
    public async Task The_short_and_the_full_parser_agree(string plain, string full)
    {
        _sandbox.Write(".hpc/tasks.csv", "a\n1\n2\n");
        Assert.Equal(await RunAsync(plain), await RunAsync(full));
    }

    [Fact]
    public async Task The_version_is_a_bare_number() => Assert.Matches(@"^0 \d+\.\d+\.\d+\n$", await RunAsync("--version"));

    private async Task<string> RunAsync(string call)
    {
        ProcessStartInfo start = new(Sandbox.Cli, [.. call.Split(' '), .. call.StartsWith('-') ? Array.Empty<string>() : ["--experiment-dir", _sandbox.Experiment]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in _sandbox.Environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync("""{"run_id": "first", "tasks": true}""");
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return $"{process.ExitCode} {output}";
    }
}
