namespace HpcAgent.Engine.Snapshots;

/// <summary>The sets of git's glob matcher: <c>[abc]</c>, <c>[a-z]</c>, <c>[!abc]</c>, <c>[[:digit:]]</c>.</summary>
internal static class WildMatchSet
{
    /// <summary>Says whether a byte is in the set that begins at <paramref name="p"/>, and moves to its closing bracket.</summary>
    /// <returns>Null if the set is malformed; it then matches nothing.</returns>
    internal static bool? Contains(ReadOnlySpan<byte> pattern, ref int p, byte value)
    {
        p++;
        var negated = At(pattern, p) is (byte)'!' or (byte)'^';
        if (negated)
            p++;
        var matched = false;
        byte previous = 0;
        do
        {
            if (ReadItem(pattern, ref p, value, previous) is not var (isMember, last))
                return null;
            matched |= isMember;
            previous = last;
            p++;
        }
        while (At(pattern, p) != ']');
        return matched != negated;
    }

    /// <summary>Reads one item and stays on its last byte. The second value is the byte that can begin a range, or 0.</summary>
    private static (bool IsMember, byte Last)? ReadItem(ReadOnlySpan<byte> pattern, ref int p, byte value, byte previous)
    {
        var item = At(pattern, p);
        if (item == 0)
            return null;
        if (item == '\\')
        {
            item = At(pattern, ++p);
            return item == 0 ? null : (value == item, item);
        }

        if (item == '-' && previous != 0 && At(pattern, p + 1) is not 0 and not (byte)']')
        {
            var end = At(pattern, ++p);
            if (end == '\\')
                end = At(pattern, ++p);
            return end == 0 ? null : (value >= previous && value <= end, 0);
        }

        return item == '[' && At(pattern, p + 1) == ':' ? ReadClass(pattern, ref p, value) : (value == item, item);
    }

    private static (bool IsMember, byte Last)? ReadClass(ReadOnlySpan<byte> pattern, ref int p, byte value)
    {
        var start = p + 2;
        var length = start > pattern.Length ? -1 : pattern[start..].IndexOf((byte)']');
        if (length < 0)
            return null;
        if (length == 0 || pattern[start + length - 1] != ':')
            return (value == '[', (byte)'[');
        p = start + length;
        return IsInClass(pattern.Slice(start, length - 1), (char)value) is { } isMember ? (isMember, 0) : null;
    }

    private static bool? IsInClass(ReadOnlySpan<byte> name, char value) => name switch
    {
        _ when name.SequenceEqual("alnum"u8) => char.IsAsciiLetterOrDigit(value),
        _ when name.SequenceEqual("alpha"u8) => char.IsAsciiLetter(value),
        _ when name.SequenceEqual("blank"u8) => value is ' ' or '\t',
        _ when name.SequenceEqual("cntrl"u8) => value is < ' ' or '\x7f',
        _ when name.SequenceEqual("digit"u8) => char.IsAsciiDigit(value),
        _ when name.SequenceEqual("graph"u8) => value is > ' ' and < '\x7f',
        _ when name.SequenceEqual("lower"u8) => char.IsAsciiLetterLower(value),
        _ when name.SequenceEqual("print"u8) => value is >= ' ' and < '\x7f',
        _ when name.SequenceEqual("punct"u8) => value is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(value),
        _ when name.SequenceEqual("space"u8) => value is ' ' or (>= '\t' and <= '\r'),
        _ when name.SequenceEqual("upper"u8) => char.IsAsciiLetterUpper(value),
        _ when name.SequenceEqual("xdigit"u8) => char.IsAsciiHexDigit(value),
        _ => null,
    };

    private static byte At(ReadOnlySpan<byte> pattern, int index) => index < pattern.Length ? pattern[index] : (byte)0;
}
