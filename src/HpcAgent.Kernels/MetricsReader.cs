namespace HpcAgent.Kernels;

/// <summary>
/// Reads metrics documents: one JSON object, flat or nested, whose leaves are metrics named by the path of keys joined by dots.
/// Accepted beyond JSON: a UTF-8 byte order mark, and Python's NaN, Infinity and -Infinity. Numbers are kept as written and as the
/// nearest double. The number <c>n_samples</c> at the root is the weight of the document, not a metric. Memory is allocated only for names
/// that were not met before. Not safe for use by several threads at once.
/// </summary>
public sealed partial class MetricsReader
{
    private const int MaxDepth = 64;

    private static readonly DecimalNumber s_one = new(1, 1, 0);

    private readonly DocumentShape _shape = new();
    private DecimalNumber _weightAsRead = s_one;
    private DecimalWeight _weight = DecimalWeight.One;
    private MetricValue[] _values = new MetricValue[16];
    private long[] _metricSeen = new long[16];
    private int _count;
    private long _document;
    private int _previous;
    private string? _failure;
    private int _failureOffset;
    private string? _weightFailure;
    private int _weightOffset;

    /// <summary>True if the leaves that are no numbers are those of the known shape.</summary>
    private bool _hasShape;

    /// <summary>Creates a reader.</summary>
    /// <param name="names">Where names are kept; to be shared with the <see cref="Reduction"/>.</param>
    public MetricsReader(MetricNames names)
    {
        ArgumentNullException.ThrowIfNull(names);
        Names = names;
    }

    /// <summary>The metrics met so far.</summary>
    public MetricNames Names { get; }

    /// <summary>The leaves of the last document, in its order; empty if it was not sound.</summary>
    public ReadOnlySpan<MetricValue> Values => _values.AsSpan(0, _count);

    /// <summary>The double nearest to the weight of the last document: its <c>n_samples</c>, or 1.</summary>
    public double Weight => _weightAsRead.Rounded;

    /// <summary>The weight as it was written.</summary>
    internal ref readonly DecimalWeight ExactWeight => ref _weight;

    /// <summary>The digits of the numbers that are too long for their <see cref="MetricValue"/>.</summary>
    internal LongDigits LongDigits { get; } = new();

    /// <summary>Reads one document.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="problem">
    /// What is wrong. If the result is true it can only be an <c>n_samples</c> that is no weight and was counted as 1.
    /// </param>
    /// <returns>False if the document cannot be used at all.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out MetricsProblem? problem)
    {
        problem = null;
        _document++;
        return TryReadAlike(text) || TryReadAny(text, out problem);
    }

    private bool TryReadAny(ReadOnlySpan<byte> text, out MetricsProblem? problem)
    {
        _count = 0;
        _previous = MetricNames.Root;
        _weightFailure = null;
        _hasShape = false;
        LongDigits.Clear();
        ResetWeight();
        _shape.Begin(_document, text.Length);
        int position = text.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (TryReadDocument(text, ref position))
        {
            problem = _weightFailure is null ? null : MetricsProblem.At(_weightFailure, text, _weightOffset);
            if (_shape.IsLearning && problem is null)
            {
                _shape.Learn(text, Values);
                _hasShape = true;
            }
            return true;
        }
        _count = 0;
        ResetWeight();
        problem = MetricsProblem.At(_failure!, text, _failureOffset);
        return false;
    }

    private void ResetWeight()
    {
        _weightAsRead = s_one;
        _weight = DecimalWeight.One;
    }

    private void SetWeight(in DecimalNumber value)
    {
        _weightAsRead = value;
        _weight = new DecimalWeight(value, LongDigits);
    }

    private bool TryReadDocument(ReadOnlySpan<byte> text, ref int position)
    {
        SkipSpace(text, ref position);
        if (position == text.Length)
            return Fail("nothing but space", position);
        if (text[position] != (byte)'{')
            return Fail("the document is not an object", position);
        position++;
        if (!TryReadObject(text, ref position, MetricNames.Root, 1))
            return false;
        SkipSpace(text, ref position);
        return position == text.Length || Fail("more text after the document", position);
    }

    private bool TryReadObject(ReadOnlySpan<byte> text, ref int position, int parent, int depth)
    {
        if (depth > MaxDepth)
            return Fail("nested more than 64 deep", position - 1);
        SkipSpace(text, ref position);
        if (Accept(text, ref position, (byte)'}'))
            return true;
        while (true)
        {
            if (!TryReadKey(text, ref position, parent, out int node) || !TryReadMember(text, ref position, node, depth))
                return false;
            SkipSpace(text, ref position);
            if (Accept(text, ref position, (byte)'}'))
                return true;
            if (!Accept(text, ref position, (byte)','))
                return Fail("expected a comma or a closing brace", position);
            SkipSpace(text, ref position);
        }
    }

    private bool TryReadKey(ReadOnlySpan<byte> text, ref int position, int parent, out int node)
    {
        int quote = position;
        node = Names.Expected(_previous);
        if (!Accept(text, ref position, (byte)'"'))
            return Fail("expected a key in quotes", position);
        if (Names.IsKeyOf(node, parent, out ReadOnlySpan<byte> expected) && text[position..].StartsWith(expected))
        {
            position += expected.Length;
        }
        else
        {
            int start = position;
            if (JsonText.Skip(text, ref position, out bool escaped) is string message)
                return Fail(message, position);
            ReadOnlySpan<byte> key = text[start..(position - 1)];
            if (escaped && (key = JsonText.Unescape(key)).IsEmpty && position - 1 > start)
                return Fail("a key with half of a surrogate pair", start);
            node = Names.Find(parent, key, _previous);
        }
        _previous = node;
        if (!Names.Visit(node, _document))
            return Fail($"the key \"{Names.PathOf(node)}\" occurs twice", quote);
        SkipSpace(text, ref position);
        if (!Accept(text, ref position, (byte)':'))
            return Fail("expected a colon", position);
        SkipSpace(text, ref position);
        return true;
    }

    private bool TryReadMember(ReadOnlySpan<byte> text, ref int position, int node, int depth)
    {
        int start = position;
        if (node == Names.SampleCount)
            return TryReadWeight(text, ref position, depth);
        if (Accept(text, ref position, (byte)'{'))
            return TryReadObject(text, ref position, node, depth + 1);
        if (_count == _values.Length)
            Array.Resize(ref _values, 2 * _count);
        ref MetricValue leaf = ref _values[_count];
        if (!TryReadLeaf(text, ref position, depth, out leaf.LeafKind, out leaf.Number))
            return false;
        leaf.MetricIndex = Names.MetricOf(node);
        if (_shape.IsLearning && leaf.LeafKind == MetricKind.Number)
            _shape.Note(text, start, position, _count);
        return TryKeep(leaf.MetricIndex, start);
    }

    private bool TryReadWeight(ReadOnlySpan<byte> text, ref int position, int depth)
    {
        int start = position;
        MetricKind kind = MetricKind.Text;
        DecimalNumber value = default;
        if (!(position < text.Length && text[position] == (byte)'{'
            ? TrySkipValue(text, ref position, depth)
            : TryReadLeaf(text, ref position, depth, out kind, out value)))
            return false;
        if (kind == MetricKind.Number && value.Near >= 0)
        {
            SetWeight(value);
            if (_shape.IsLearning)
                _shape.Note(text, start, position, DocumentShape.Weight);
            return true;
        }
        _weightFailure = kind switch
        {
            MetricKind.Number => "n_samples is negative and was counted as 1",
            MetricKind.NaN or MetricKind.Infinite => "n_samples is not finite and was counted as 1",
            _ => "n_samples is not a number and was counted as 1",
        };
        _weightOffset = start;
        return true;
    }

    /// <summary>Keeps the leaf that was read last, unless its metric was met before in this document.</summary>
    private bool TryKeep(int metric, int offset)
    {
        if (metric >= _metricSeen.Length)
            Array.Resize(ref _metricSeen, Math.Max(2 * _metricSeen.Length, metric + 1));
        // {"a.b": 1, "a": {"b": 2}}: two keys, one name.
        if (_metricSeen[metric] == _document)
            return Fail($"the metric \"{Names.Names[metric]}\" occurs twice", offset);
        _metricSeen[metric] = _document;
        _count++;
        return true;
    }
}
