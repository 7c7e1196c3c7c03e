using System.Collections;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Cmdlets;

/// <summary>What the module knows of its surroundings: the one place where the process's state is read.</summary>
internal static class ModuleContext
{
    public static OperationContext Create(
        string experimentPath, string powerShellHome, IProgress<RunStatus>? looks = null, IProgress<string>? steps = null) => new(
        experimentPath,
        State(),
        SupervisorOfThisModule(powerShellHome),
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal))
        {
            Looks = looks,
            Steps = steps,
        };

    public static StateFolder State() => new(StateEnvironment.FromProcess());

    /// <summary>True if what the session prints goes to a file or to another program.</summary>
    /// <remarks>PowerShell itself does not tell: its console host claims a terminal and its width in any case, and drops progress silently.</remarks>
#pragma warning disable RS0030
    public static bool IsOutputRedirected => Console.IsOutputRedirected;
#pragma warning restore RS0030

    // The shipped executable where it starts; else by the machine's .NET; else inside the PowerShell that we are in, which is always there.
    private static SupervisorProgram SupervisorOfThisModule(string powerShellHome)
    {
        string folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleContext).Assembly.Location)!, "cli");
        string ending = OperatingSystem.IsWindows() ? ".exe" : "";
        return new SupervisorProgram(folder, $"hpc-agent{ending}", [])
        {
            Alternatives =
            [
                ($"{SupervisorProgram.OnPath}dotnet", [Path.Combine("{folder}", "hpc-agent.dll")]),
                (Path.Combine(powerShellHome, $"pwsh{ending}"), ["-NoLogo", "-NoProfile", "-NonInteractive", "-File", Path.Combine("{folder}", "supervise.ps1")]),
            ],
        };
    }
}
