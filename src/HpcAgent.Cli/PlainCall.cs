using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Cli;

/// <summary>
/// A call as programs make it: a verb and options written out in full, each with its value behind it. It is read here, because agents make
/// hundreds of calls and building the parser of <see cref="CommandLine"/> takes as long as starting the runtime. Whatever is not
/// plainly such a call (help, abbreviations, mistakes) is left to that parser, so the two cannot disagree.
/// </summary>
internal sealed class PlainCall
{
    private readonly Dictionary<string, List<string>> _given = new(StringComparer.Ordinal);
    private string? _spec;
    private string? _experiment;

    private PlainCall(IOperation operation) => Operation = operation;

    public IOperation Operation { get; }

    /// <summary>Reads a call; null if it is not a plain one.</summary>
    public static PlainCall? TryRead(string[] arguments)
    {
        if (arguments.Length == 0) return null;
        foreach (IOperation operation in OperationCatalogue.All)
        {
            if (operation.Name != arguments[0]) continue;
            PlainCall call = new(operation);
            return call.TryCollect(arguments) && call.TryBind() ? call : null;
        }
        return null;
    }

    public Task<int> RunAsync(CancellationToken cancellationToken) =>
        Envelope.RunAsync(Operation, () => RequestDraft.Read(_spec, Options), CliContext.Create(_experiment), cancellationToken);

    private List<(RequestProperty Property, IReadOnlyList<string> Values)> Options { get; } = [];

    private bool TryCollect(string[] arguments)
    {
        List<string>? values = null;
        foreach (string argument in arguments.AsSpan(1))
        {
            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                if (!_given.TryAdd(argument, values = [])) return false;
            }
            else if (values is null || !IsValue(argument))
            {
                return false;
            }
            else
            {
                values.Add(argument);
            }
        }
        return TryTake("--spec", out _spec) && TryTake("--experiment-dir", out _experiment);
    }

    // To the full parser some first characters say more; a lone minus is standard input, and a slash begins a path unless it is /h or /?.
    private static bool IsValue(string argument) => argument.Length > 0 && argument[0] switch
    {
        '-' => argument.Length == 1,
        '/' => argument.Length > 2 && !OperatingSystem.IsWindows(),
        '@' or '[' => false,
        _ => true,
    };

    private bool TryTake(string option, out string? value)
    {
        value = null;
        if (!_given.Remove(option, out List<string>? values)) return true;
        if (values.Count != 1) return false;
        value = values[0];
        return true;
    }

    private bool TryBind()
    {
        if (_given.Count == 0) return true;
        foreach (RequestProperty property in RequestProperty.FromSchema(SchemaStore.Load(Operation.Name).Json))
        {
            if (!_given.Remove(property.OptionName, out List<string>? values)) continue;
            bool isSwitch = property is { Type: "boolean", IsList: false };
            if (isSwitch ? values.Count != 0 : values.Count == 0 || (values.Count > 1 && !property.IsList)) return false;
            if (isSwitch) values.Add(bool.TrueString);
            Options.Add((property, values));
        }
        return _given.Count == 0;
    }
}
