using System.CommandLine;
using System.Runtime.InteropServices;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations;

namespace HpcAgent.Cli;

/// <summary>The command line: one verb for each operation of the catalogue, and the few that only people or the program itself use.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        using CancellationTokenSource stop = new();
        // The supervisor must outlive whatever ends the shell that started it; everything else stops at once.
        if (args is ["supervise", var folder]) return await SupervisorHost.RunAsync(folder, stop.Token);
        using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Cancel(c, stop));
        using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Cancel(c, stop));
        return PlainCall.TryRead(args) is { } call ? await call.RunAsync(stop.Token) : await ParseAsync(args, stop.Token);
    }

    private static async Task<int> ParseAsync(string[] args, CancellationToken cancellationToken)
    {
        RootCommand root = new("Turns a list of parameter sets into an experiment on a cluster or on this machine.");
        // Each verb's options come from its schema; reading all of them would cost every call several milliseconds.
        IOperation? named = args.Length > 0 ? OperationCatalogue.All.FirstOrDefault(o => o.Name == args[0]) : null;
        bool needsOptions = args is not (["--help" or "-h" or "-?" or "--version"] or ["quickstart", ..]);
        foreach (IOperation operation in named is null ? OperationCatalogue.All : [named])
            root.Subcommands.Add(OperationCommand.Create(operation, needsOptions));
        if (named is null) root.Subcommands.Add(QuickstartCommand.Create());
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            string verbs = string.Join(", ", OperationCatalogue.All.Select(o => o.Name).Append("quickstart"));
            Envelope.WriteError(
                new HpcException(
                    ErrorCode.SpecInvalid,
                    string.Join(" ", parsed.Errors.Select(e => e.Message)),
                    named is null ? $"Verbs: {verbs}. 'hpc-agent --help' explains them." : $"'hpc-agent {named.Name} --help' lists the options."),
                Console.OpenStandardOutput());
            return 1;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
    }

    private static void Cancel(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
