using System.CommandLine;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Cli;

/// <summary>Makes the verb of an operation: its options are the properties of the input schema, or all of them come as one file.</summary>
internal static class OperationCommand
{
    public static Command Create(IOperation operation, bool withOptions)
    {
        Command command = new(operation.Name, operation.Summary);
        Option<string?> spec = new("--spec") { HelpName = "file", Description = "A JSON file with the request, or - for standard input." };
        Option<string?> experiment = new("--experiment-dir") { HelpName = "folder", Description = "The folder of the experiment; default the current one." };
        if (!withOptions) return command;
        command.Options.Add(spec);
        command.Options.Add(experiment);
        List<SchemaOption> options = [.. RequestProperty.FromSchema(SchemaStore.Load(operation.Name).Json).Select(p => new SchemaOption(p))];
        foreach (SchemaOption option in options) command.Options.Add(option.Option);
        command.SetAction((parsed, cancellationToken) => Envelope.RunAsync(
            operation,
            () => RequestDraft.Read(parsed.GetValue(spec), [.. options.Where(o => o.IsGiven(parsed)).Select(o => (o.Property, o.Values(parsed)))]),
            CliContext.Create(parsed.GetValue(experiment)),
            cancellationToken));
        return command;
    }
}
