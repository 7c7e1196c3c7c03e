using System.Diagnostics;
using System.Reflection;

namespace HpcAgent.Cmdlets.Tests;

/// <summary>The pwsh of this machine, if it has one with Pester.</summary>
internal static class PowerShellProgram
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    private static readonly Lazy<string?> s_missing = new(FindMissing);

    public static string RepositoryFolder { get; } = Path.GetFullPath(
        typeof(PowerShellProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!);

    /// <summary>Why the tests of the module cannot run here, or null.</summary>
    public static string? Missing => s_missing.Value;

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("pwsh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-NoLogo", "-NoProfile", "-NonInteractive", .. arguments]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource deadline = new(s_patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"pwsh {string.Join(' ', arguments)} did not end");
        }
    }

    private static string? FindMissing()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(
                "pwsh",
                [
                    "-NoLogo", "-NoProfile", "-NonInteractive", "-Command",
                    "exit ($PSVersionTable.PSVersion -lt '7.4' ? 4 : (Get-Module -ListAvailable Pester | Where-Object Version -GE '5.3') ? 0 : 5)",
                ]))!;
            process.WaitForExit();
            return process.ExitCode switch
            {
                0 => null,
                4 => "pwsh is older than 7.4",
                5 => "pwsh has no Pester 5.3 or newer (Install-PSResource Pester)",
                _ => $"pwsh ended with exit code {process.ExitCode}",
            };
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no pwsh on the search path";
        }
    }
}
