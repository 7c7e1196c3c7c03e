using System.Collections;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Cli;

/// <summary>What the command line knows of its surroundings: the one place where the process's state is read.</summary>
internal static class CliContext
{
    public static Func<OperationContext> Create(string? experiment, IProgress<RunStatus>? looks = null) => () => new OperationContext(
        Path.GetFullPath(experiment ?? "."),
        new StateFolder(StateEnvironment.FromProcess()),
        SupervisorOfThisProgram(),
        EnvironmentOfThisProcess())
    {
        Looks = looks,
    };

    private static Dictionary<string, string> EnvironmentOfThisProcess()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }

    private static SupervisorProgram SupervisorOfThisProgram()
    {
        string folder = AppContext.BaseDirectory;
        string program = OperatingSystem.IsWindows() ? "hpc-agent.exe" : "hpc-agent";
        // Started as 'dotnet hpc-agent.dll', the host is dotnet and the executable need not fit this machine.
        bool byHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return byHost || !File.Exists(Path.Combine(folder, program))
            ? new SupervisorProgram(folder, Environment.ProcessPath ?? "dotnet", [Path.Combine("{folder}", "hpc-agent.dll")])
            : new SupervisorProgram(folder, program, []);
    }
}
