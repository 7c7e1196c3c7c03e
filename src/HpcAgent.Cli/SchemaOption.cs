using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpcAgent.Cli;

/// <summary>One option of the command line, made from a property of an input schema.</summary>
internal sealed class SchemaOption
{
    private readonly string _property;
    private readonly string _type;
    private readonly Option<string[]>? _list;
    private readonly Option<string?>? _text;
    private readonly Option<bool>? _flag;

    private SchemaOption(string property, string type, bool isList, string description)
    {
        (_property, _type) = (property, type);
        string name = "--" + property.Replace('_', '-');
        if (isList) Option = _list = new Option<string[]>(name) { Description = description, AllowMultipleArgumentsPerToken = true };
        else if (type == "boolean") Option = _flag = new Option<bool>(name) { Description = description };
        else Option = _text = new Option<string?>(name) { Description = description };
    }

    public Option Option { get; }

    /// <summary>The options of a schema: texts, numbers, switches and lists of them. Maps can only come in a file.</summary>
    public static IEnumerable<SchemaOption> FromSchema(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out JsonElement properties)) yield break;
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            string description = property.Value.TryGetProperty("description", out JsonElement text) ? text.GetString() ?? "" : "";
            string type = TypeOf(property.Value);
            if (type is "string" or "integer" or "number" or "boolean")
                yield return new SchemaOption(property.Name, type, isList: false, description);
            else if (type == "array" && property.Value.TryGetProperty("items", out JsonElement items) && TypeOf(items) is "string" or "integer" or "number")
                yield return new SchemaOption(property.Name, TypeOf(property.Value.GetProperty("items")), isList: true, description);
        }
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetResult(Option) is { Implicit: false };

    public void AddTo(JsonObject request, ParseResult parsed)
    {
        if (!IsGiven(parsed)) return;
        if (_flag is not null) request[_property] = parsed.GetValue(_flag);
        else if (_text is not null) request[_property] = Value(parsed.GetValue(_text) ?? "");
        else request[_property] = new JsonArray([.. parsed.GetValue(_list!)!.SelectMany(Split).Select(Value)]);
    }

    // Lists of names and numbers may be written with commas too: --by lr,seed.
    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private JsonNode? Value(string text)
    {
        if (_type == "integer" && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
            return JsonValue.Create(integer);
        if (_type == "number" && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return JsonValue.Create(number);
        // What is no number stays text, and the schema says so with the option's name.
        return JsonValue.Create(text);
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type)) return "";
        if (type.ValueKind == JsonValueKind.String) return type.GetString()!;
        return type.EnumerateArray().Select(t => t.GetString()!).FirstOrDefault(t => t != "null") ?? "";
    }
}
