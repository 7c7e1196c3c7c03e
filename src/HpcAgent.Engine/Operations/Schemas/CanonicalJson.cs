using System.Text;
using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// One text for each JSON value, so that values are equal exactly when their texts are: numbers by value (1, 1.0 and 1e0 are equal),
/// objects whatever the order of their fields. JSON Schema 2020-12 core, section 4.2.2.
/// </summary>
internal static class CanonicalJson
{
    internal static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    private static void Write(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var field in value.EnumerateObject().OrderBy(f => f.Name, StringComparer.Ordinal))
                {
                    WriteText(field.Name, text);
                    Write(field.Value, text);
                }

                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                WriteText(value.GetString()!, text);
                break;
            case JsonValueKind.Number:
                text.Append(DecimalText.Parse(value.GetRawText()).ToString());
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    // The length in front makes the text unambiguous without escapes.
    private static void WriteText(string value, StringBuilder text) => text.Append('"').Append(value.Length).Append(':').Append(value);
}
