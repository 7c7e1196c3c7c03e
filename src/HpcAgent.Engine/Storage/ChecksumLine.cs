using System.Buffers.Text;

namespace HpcAgent.Engine.Storage;

/// <summary>
/// One line that carries its own check: <c>text TAB crc NEWLINE</c>, crc being eight lower-case hexadecimal digits of the POSIX cksum of
/// the bytes of the text. A node makes the same with <c>set -- $(printf %s "$text" | cksum); printf '%s\t%08x\n' "$text" "$1"</c>; no
/// simpler sum over bytes can be had in a POSIX shell without a process for each, and awk has no exclusive or.
/// Every change within 32 adjacent bits is noticed, so every flipped byte is.
/// </summary>
public static class ChecksumLine
{
    /// <summary>The bytes that follow the text: a tab and eight digits.</summary>
    internal const int TrailerLength = 9;

    /// <summary>Appends one line to a buffer.</summary>
    /// <param name="text">The bytes of the text; no newline in it.</param>
    /// <param name="output">Gets the line with its newline.</param>
    /// <exception cref="ArgumentException">There is a newline in the text.</exception>
    public static void Write(ReadOnlySpan<byte> text, Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (text.Contains((byte)'\n'))
            throw new ArgumentException("A line cannot hold a newline.", nameof(text));
        Span<byte> trailer = stackalloc byte[TrailerLength + 1];
        trailer[0] = (byte)'\t';
        Utf8Formatter.TryFormat(PosixCrc.Compute(text), trailer[1..], out _, new('x', 8));
        trailer[TrailerLength] = (byte)'\n';
        output.Write(text);
        output.Write(trailer);
    }

    /// <summary>Checks one line.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="textLength">How many bytes of it are the text.</param>
    /// <returns>False if the line is damaged or cut off.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out int textLength)
    {
        textLength = line.Length - TrailerLength;
        return textLength >= 0 && IsIntact(line, 0, textLength);
    }

    /// <summary>True if the bytes from start up to a tab are followed by their own checksum.</summary>
    internal static bool IsIntact(ReadOnlySpan<byte> line, int start, int tab)
    {
        if (tab + TrailerLength > line.Length || line[tab] != '\t')
            return false;
        var digits = line.Slice(tab + 1, TrailerLength - 1);

        // Upper case is refused: one flipped bit makes 'A' of 'a'.
        foreach (var digit in digits)
        {
            if (digit is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
                return false;
        }

        return Utf8Parser.TryParse(digits, out uint expected, out var used, 'x') && used == digits.Length
            && PosixCrc.Compute(line[start..tab]) == expected;
    }
}
