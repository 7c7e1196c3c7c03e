namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Turns a parameter value into the text of an environment variable: text as it is, numbers as in canonical JSON,
/// <c>true</c>, <c>false</c>, <c>null</c>, and lists and maps as compact JSON with keys in their order.
/// </summary>
public static class PlainText
{
    /// <summary>The text of a value as <see cref="RunTask"/> lists them.</summary>
    public static string Of(object? value)
    {
        if (value is string text) return text;
        var buffer = new ByteBuffer();
        Write(buffer, value);
        return buffer.ToText();
    }

    internal static void Write(ByteBuffer target, object? value)
    {
        if (value is string text) target.AppendText(text);
        else JsonEncoder.Write(target, value, JsonStyle.Plain);
    }
}
