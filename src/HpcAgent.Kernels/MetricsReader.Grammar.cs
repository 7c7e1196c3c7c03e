namespace HpcAgent.Kernels;

public sealed partial class MetricsReader
{
    private static void SkipSpace(ReadOnlySpan<byte> text, ref int position)
    {
        while ((uint)position < (uint)text.Length && text[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            position++;
    }

    private static bool Accept(ReadOnlySpan<byte> text, ref int position, byte expected)
    {
        if ((uint)position >= (uint)text.Length || text[position] != expected)
            return false;
        position++;
        return true;
    }

    private bool Fail(string message, int offset)
    {
        _failure = message;
        _failureOffset = offset;
        return false;
    }

    /// <summary>Reads any value but an object.</summary>
    private bool TryReadLeaf(ReadOnlySpan<byte> text, ref int position, int depth, out MetricKind kind, out DecimalNumber value)
    {
        value = default;
        kind = MetricKind.Text;
        if (position == text.Length)
            return Fail("the document ends too early", position);
        switch (text[position])
        {
            case >= (byte)'0' and <= (byte)'9':
                return TryReadNumber(text, ref position, out kind, out value);
            case (byte)'-':
                if (!text[position..].StartsWith("-I"u8))
                    return TryReadNumber(text, ref position, out kind, out value);
                kind = MetricKind.Infinite;
                return TryReadWord(text, ref position, "-Infinity"u8);
            case (byte)'"':
                position++;
                return JsonText.Skip(text, ref position, out _) is not string message || Fail(message, position);
            case (byte)'[':
                return TrySkipValue(text, ref position, depth);
            case (byte)'t':
                return TryReadWord(text, ref position, "true"u8);
            case (byte)'f':
                return TryReadWord(text, ref position, "false"u8);
            case (byte)'n':
                kind = MetricKind.Null;
                return TryReadWord(text, ref position, "null"u8);
            case (byte)'N':
                kind = MetricKind.NaN;
                return TryReadWord(text, ref position, "NaN"u8);
            case (byte)'I':
                kind = MetricKind.Infinite;
                return TryReadWord(text, ref position, "Infinity"u8);
            default:
                return Fail("expected a value", position);
        }
    }

    private bool TryReadNumber(ReadOnlySpan<byte> text, ref int position, out MetricKind kind, out DecimalNumber value)
    {
        kind = MetricKind.Number;
        if (!JsonNumber.TryRead(text, ref position, LongDigits, out value))
            return Fail("a number that JSON does not allow", position);
        if (value.IsInfinite)
        {
            kind = MetricKind.Infinite;
            value = default;
        }
        return true;
    }

    private bool TryReadWord(ReadOnlySpan<byte> text, ref int position, ReadOnlySpan<byte> word)
    {
        if (!text[position..].StartsWith(word))
            return Fail("expected a value", position);
        position += word.Length;
        return true;
    }

    /// <summary>Checks a value whose content does not matter: a list and all that is in it.</summary>
    private bool TrySkipValue(ReadOnlySpan<byte> text, ref int position, int depth)
    {
        if (position == text.Length || text[position] is not ((byte)'[' or (byte)'{'))
            return TryReadLeaf(text, ref position, depth, out _, out _);
        if (depth + 1 > MaxDepth)
            return Fail("nested more than 64 deep", position);
        bool isObject = text[position++] == (byte)'{';
        byte close = isObject ? (byte)'}' : (byte)']';
        SkipSpace(text, ref position);
        if (Accept(text, ref position, close))
            return true;
        while (true)
        {
            if ((isObject && !TrySkipKey(text, ref position)) || !TrySkipValue(text, ref position, depth + 1))
                return false;
            SkipSpace(text, ref position);
            if (Accept(text, ref position, close))
                return true;
            if (!Accept(text, ref position, (byte)','))
                return Fail(isObject ? "expected a comma or a closing brace" : "expected a comma or a closing bracket", position);
            SkipSpace(text, ref position);
        }
    }

    private bool TrySkipKey(ReadOnlySpan<byte> text, ref int position)
    {
        if (!Accept(text, ref position, (byte)'"'))
            return Fail("expected a key in quotes", position);
        if (JsonText.Skip(text, ref position, out _) is string message)
            return Fail(message, position);
        SkipSpace(text, ref position);
        if (!Accept(text, ref position, (byte)':'))
            return Fail("expected a colon", position);
        SkipSpace(text, ref position);
        return true;
    }
}
