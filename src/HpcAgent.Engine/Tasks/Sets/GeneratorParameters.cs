using System.Collections;
using System.Globalization;
using System.Numerics;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Tasks;

/// <summary>Reads the typed parameters of a generator, with errors that name it.</summary>
internal sealed class GeneratorParameters(string owner, IReadOnlyDictionary<string, object?> map)
{
    public void AllowOnly(IReadOnlyCollection<string> names)
    {
        foreach (var name in map.Keys)
        {
            if (names.Contains(name, StringComparer.Ordinal)) continue;
            throw TaskError.Invalid(
                $"{owner} has no '{name}'.{NearestName.Suggestion(name, names)}", $"Its keys are: {string.Join(", ", names)}.");
        }
    }

    public bool Has(string name) => map.ContainsKey(name);

    public string Text(string name) => Value(name) as string ?? throw Wrong(name, "text");

    public bool Truth(string name) => Value(name) as bool? ?? throw Wrong(name, "true or false");

    public long Integer(string name) => Value(name) as long? ?? throw Wrong(name, "an integer");

    public double Number(string name) => Value(name) switch
    {
        long number => number,
        double number => number,
        BigInteger number => (double)number,
        _ => throw Wrong(name, "a number"),
    };

    public IReadOnlyList<object?> List(string name) =>
        Value(name) is not (string or ParameterMap) and IEnumerable list ? [.. list.Cast<object?>()] : throw Wrong(name, "a list");

    public IEnumerable<KeyValuePair<string, object?>> Map(string name) => Value(name) as ParameterMap ?? throw Wrong(name, "a map");

    private object? Value(string name) => map.TryGetValue(name, out var value)
        ? ParameterValue.Normalize(value)
        : throw TaskError.Invalid($"{owner} lacks '{name}'.", $"Give '{name}'.");

    private HpcException Wrong(string name, string wanted) => TaskError.Invalid(
        $"{owner}: '{name}' is {Shown(map[name])}, not {wanted}.", $"Give '{name}' as {wanted}.");

    private static string Shown(object? value)
    {
        var text = CanonicalJson.ToText(ParameterValue.Normalize(value));
        return text.Length <= 60 ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 57)}...");
    }
}
