namespace HpcAgent.Kernels;

/// <summary>What is wrong with a metrics document, and where.</summary>
/// <param name="Message">What is wrong, without the place.</param>
/// <param name="Offset">The byte, from 0.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The character in the line, from 1.</param>
public sealed record MetricsProblem(string Message, long Offset, int Line, int Column)
{
    /// <summary>Creates a problem at a byte of a text.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="offset">The byte.</param>
    /// <returns>The problem.</returns>
    public static MetricsProblem At(string message, ReadOnlySpan<byte> text, int offset)
    {
        ReadOnlySpan<byte> before = text[..Math.Min(offset, text.Length)];
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        int column = 1;
        foreach (byte value in before[lineStart..])
        {
            // Bytes that continue a character do not count.
            if ((value & 0xC0) != 0x80)
                column++;
        }
        if (lineStart == 0 && before.StartsWith("\uFEFF"u8))
            column--;
        return new MetricsProblem(message, offset, before.Count((byte)'\n') + 1, column);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Message} at line {Line}, column {Column} (byte {Offset})");
}
