using System.Diagnostics;

namespace HpcAgent.Engine.Tests;

/// <summary>This assembly, running as another process.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public static ChildProcess StartSelf(params string[] args) =>
        Start("dotnet", ["exec", typeof(ChildProcess).Assembly.Location, .. args]);

    public static ChildProcess Start(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        return new(Process.Start(start)!);
    }

    public static async Task<string> RunAsync(string program, string? input = null, params string[] args)
    {
        var (exit, output, errors) = await TryRunAsync(program, input, args);
        return exit == 0 ? output : throw new InvalidOperationException($"{program} failed: {errors}");
    }

    public static async Task<(int Exit, string Output, string Errors)> TryRunAsync(string program, string? input, string[] args)
    {
        using var child = Start(program, args);
        var output = child.process.StandardOutput.ReadToEndAsync();
        var errors = child.process.StandardError.ReadToEndAsync();
        if (input is not null)
            await child.process.StandardInput.WriteAsync(input);
        child.process.StandardInput.Close();
        await child.process.WaitForExitAsync();
        return (child.process.ExitCode, await output, await errors);
    }

    public async Task<string?> ReadLineAsync() => await process.StandardOutput.ReadLineAsync();

    public async Task<string> ReadRestAsync() => await process.StandardOutput.ReadToEndAsync();

    public async Task<int> EndAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
