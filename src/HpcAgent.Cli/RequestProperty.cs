using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Cli;

/// <summary>A property of an input schema that an option of the command line can give: a text, a number, a switch, or a list of them; or JSON, where the schema takes anything.</summary>
internal sealed record RequestProperty(string Name, string Type, bool IsList, string Description)
{
    /// <summary>The type of a property that takes any JSON.</summary>
    public const string Anything = "json";

    /// <summary>The option's name.</summary>
    public string OptionName => "--" + Name.Replace('_', '-');

    /// <summary>The properties of a schema that options can give. Maps can only come in a file.</summary>
    public static IEnumerable<RequestProperty> FromSchema(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out JsonElement properties)) yield break;
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            string description = property.Value.TryGetProperty("description", out JsonElement text) ? text.GetString() ?? "" : "";
            string type = TypeOf(property.Value);
            if (type is "string" or "integer" or "number" or "boolean" or Anything)
                yield return new RequestProperty(property.Name, type, IsList: false, description);
            else if (type == "array" && property.Value.TryGetProperty("items", out JsonElement items) && TypeOf(items) is "string" or "integer" or "number")
                yield return new RequestProperty(property.Name, TypeOf(property.Value.GetProperty("items")), IsList: true, description);
        }
    }

    /// <summary>Writes what the option was given as the property's value.</summary>
    /// <param name="writer">The writer, behind the property's name.</param>
    /// <param name="given">The option's values; one, unless it is a list.</param>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<string> given)
    {
        if (!IsList)
        {
            WriteOne(writer, given[0]);
            return;
        }
        writer.WriteStartArray();
        // Lists of names and numbers may be written with commas too: --by lr,seed.
        foreach (string text in given)
            foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries)) WriteOne(writer, part);
        writer.WriteEndArray();
    }

    private void WriteOne(Utf8JsonWriter writer, string text)
    {
        if (Type == Anything) WriteJson(writer, text);
        else if (Type == "boolean") writer.WriteBooleanValue(text == bool.TrueString);
        else if (Type == "integer" && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
            writer.WriteNumberValue(integer);
        else if (Type == "number" && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
            writer.WriteNumberValue(number);
        // What is no number stays text, and the schema says so with the option's name.
        else writer.WriteStringValue(text);
    }

    // Alone, the option is a switch; a word that is no JSON is text.
    private static void WriteJson(Utf8JsonWriter writer, string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text.Length == 0 ? "true" : text);
            json.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(text);
        }
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type)) return schema.TryGetProperty("$ref", out _) ? "" : Anything;
        if (type.ValueKind == JsonValueKind.String) return type.GetString()!;
        foreach (JsonElement one in type.EnumerateArray())
            if (one.GetString() is { } name and not "null") return name;
        return "";
    }
}
