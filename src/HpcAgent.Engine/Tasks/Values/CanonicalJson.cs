namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Writes a parameter value exactly as Python's <c>json.dumps(value, sort_keys=True, separators=(",",":"))</c> does:
/// keys sorted by code point, everything beyond printable ASCII as <c>\uXXXX</c>, floats as Python's <c>repr</c>, and
/// <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> by name.
/// </summary>
public static class CanonicalJson
{
    /// <summary>The canonical text.</summary>
    /// <param name="value">A value as <see cref="RunTask"/> lists them.</param>
    /// <exception cref="ArgumentException">The value is of another type; see <see cref="ParameterValue.Normalize(object?)"/>.</exception>
    public static string ToText(object? value) => Encode(value).ToText();

    /// <summary>The canonical text in ASCII bytes.</summary>
    /// <inheritdoc cref="ToText"/>
    public static byte[] ToBytes(object? value) => Encode(value).Written.ToArray();

    private static ByteBuffer Encode(object? value)
    {
        var buffer = new ByteBuffer();
        JsonEncoder.Write(buffer, value, JsonStyle.Canonical);
        return buffer;
    }
}
