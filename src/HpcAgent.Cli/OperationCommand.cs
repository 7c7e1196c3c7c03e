using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Cli;

/// <summary>Makes the verb of an operation: its options are the properties of the input schema, or all of them come as one file.</summary>
internal static class OperationCommand
{
    public static Command Create(IOperation operation)
    {
        Command command = new(operation.Name, operation.Summary);
        Option<string?> spec = new("--spec") { Description = "A JSON file with the request, or - for standard input." };
        Option<string?> experiment = new("--experiment-dir") { Description = "The folder of the experiment; default the current one." };
        command.Options.Add(spec);
        command.Options.Add(experiment);
        List<SchemaOption> options = [.. SchemaOption.FromSchema(SchemaStore.Load(operation.Name).Json)];
        foreach (SchemaOption option in options) command.Options.Add(option.Option);
        command.SetAction((parsed, cancellationToken) => Envelope.RunAsync(
            operation,
            () => ReadRequest(parsed, spec, options),
            CliContext.Create(parsed.GetValue(experiment)),
            cancellationToken));
        return command;
    }

    private static JsonDocument ReadRequest(ParseResult parsed, Option<string?> spec, IEnumerable<SchemaOption> options)
    {
        string? path = parsed.GetValue(spec);
        JsonObject request = [];
        JsonDocument? fromFile = path is null ? null : SpecFile.Read(path);
        if (fromFile is not null)
        {
            if (fromFile.RootElement.ValueKind != JsonValueKind.Object || !options.Any(o => o.IsGiven(parsed))) return fromFile;
            request = JsonObject.Create(fromFile.RootElement)!;
        }
        foreach (SchemaOption option in options) option.AddTo(request, parsed);
        return JsonDocument.Parse(request.ToJsonString());
    }
}
