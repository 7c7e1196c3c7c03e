using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace HpcAgent.Engine.Tasks;

/// <summary>Builds parameter values from the events of a YAML parser, with line and column in errors.</summary>
internal sealed class YamlComposer(TextReader text, string place)
{
    private const int MaxDepth = 64;
    private const string TagPrefix = "tag:yaml.org,2002:";
    private readonly Parser _parser = new(text);
    private readonly Dictionary<string, object?> _anchors = new(StringComparer.Ordinal);

    /// <summary>Moves to the root node; false if the file holds none.</summary>
    public bool MoveToRoot()
    {
        Next<StreamStart>();
        if (Current is StreamEnd) return false;
        Next<DocumentStart>();
        return true;
    }

    public bool IsSequence => Current is SequenceStart;

    private ParsingEvent Current
    {
        get
        {
            if (_parser.Current is null) Move();
            return _parser.Current!;
        }
    }

    /// <summary>The items of the sequence that comes next, one by one.</summary>
    public IEnumerable<(object? Item, Mark Start)> ReadItems()
    {
        Next<SequenceStart>();
        while (Current is not SequenceEnd)
        {
            var start = Current.Start;
            yield return (ReadValue(1), start);
        }

        Next<SequenceEnd>();
    }

    public object? ReadValue() => ReadValue(0);

    public void ExpectEnd()
    {
        Next<DocumentEnd>();
        if (Current is not StreamEnd) throw Error(Current.Start, "a second document begins", "Keep one document in the file.");
    }

    public HpcException Error(Mark at, string problem, string remedy, Exception? inner = null) =>
        TaskError.Invalid(string.Create(CultureInfo.InvariantCulture, $"{place}:{at.Line}:{at.Column}: {problem}."), remedy, inner);

    private object? ReadValue(int depth)
    {
        var node = Current;
        if (depth > MaxDepth) throw Error(node.Start, "the nesting is too deep", "Flatten it.");
        if (node is AnchorAlias alias)
        {
            Move();
            return _anchors.TryGetValue(alias.Value.Value, out var known)
                ? known
                : throw Error(node.Start, $"there is no anchor '{alias.Value.Value}' before this place", "Define it first with &name.");
        }

        object? value = node switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => throw Error(node.Start, "expected a value", "Correct the file."),
        };
        if (node is NodeEvent { Anchor: { IsEmpty: false } anchor }) _anchors[anchor.Value] = value;
        return value;
    }

    private object? ReadScalar(Scalar scalar)
    {
        Move();
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
        if (tag.Length == 0)
            return scalar.Style == ScalarStyle.Plain && !scalar.Tag.IsNonSpecific ? YamlScalar.Type(scalar.Value) : scalar.Value;
        if (tag is TagPrefix + "str") return scalar.Value;
        var value = YamlScalar.Type(scalar.Value);
        return tag switch
        {
            TagPrefix + "int" when value is long or System.Numerics.BigInteger => value,
            TagPrefix + "float" when value is double => value,
            TagPrefix + "float" when value is long number => (double)number,
            TagPrefix + "bool" when value is bool => value,
            TagPrefix + "null" when value is null => value,
            _ => throw Error(scalar.Start, $"'{scalar.Value}' cannot have the tag {tag}", "Remove the tag."),
        };
    }

    private object?[] ReadSequence(int depth)
    {
        Move();
        var items = new List<object?>();
        while (Current is not SequenceEnd) items.Add(ReadValue(depth + 1));
        Move();
        return [.. items];
    }

    private ParameterMap ReadMapping(int depth)
    {
        Move();
        var names = new List<string>();
        var values = new List<object?>();
        while (Current is not MappingEnd)
        {
            var at = Current.Start;
            var name = (Current as Scalar)?.Value ?? throw Error(at, "a key is not text", "Use text as keys.");
            if (Current is Scalar { Style: ScalarStyle.Plain, Value: "<<" })
                throw Error(at, "merge keys (<<) are not part of YAML 1.2", "Write the keys out.");
            if (names.Contains(name, StringComparer.Ordinal)) throw Error(at, $"the key '{name}' is given twice", "Give it once.");
            Move();
            names.Add(name);
            values.Add(ReadValue(depth + 1));
        }

        Move();
        return new([.. names], [.. values]);
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (Current is not T) throw Error(Current.Start, "the file does not have the expected form", "Correct the file.");
        Move();
    }

    private void Move()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (YamlException error)
        {
            throw Error(error.Start, error.InnerException?.Message ?? Plain(error.Message), "Correct the YAML at that place.", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // The parser gives some mistakes, such as a bracket that never closes, without a place.
            throw Error(
                _parser.Current?.End ?? Mark.Empty,
                "the YAML breaks off or cannot be read after this place",
                "Look for a bracket or quote that is not closed.",
                error);
        }
    }

    // The parser repeats the position in its message.
    private static string Plain(string message)
    {
        var end = message.IndexOf("): ", StringComparison.Ordinal);
        while (end >= 0 && message.StartsWith('('))
        {
            message = message[(end + 3)..];
            end = message.IndexOf("): ", StringComparison.Ordinal);
        }

        return message.TrimEnd('.');
    }
}
