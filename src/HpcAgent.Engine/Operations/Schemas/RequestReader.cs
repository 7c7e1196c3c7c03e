using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>From JSON text to a request record in one step: read strictly, validate, convert.</summary>
public static class RequestReader
{
    /// <summary>Reads a request.</summary>
    /// <param name="utf8">The JSON text.</param>
    /// <param name="sourceName">Where it comes from, as the user knows it.</param>
    /// <param name="schema">The rules, normally from <see cref="SchemaStore.Load"/>.</param>
    /// <param name="type">The record's source-generated contract.</param>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: not JSON, against the schema (all problems are told), or a value that the record cannot
    /// hold although the schema allows it, such as an integer beyond 64 bits.
    /// </exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, string sourceName, JsonSchemaDocument schema, JsonTypeInfo<T> type)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(schema);
        using var document = SpecReader.Parse(utf8, sourceName);
        var problems = SchemaValidator.Validate(schema, document.RootElement);
        if (problems.Count > 0) throw SchemaValidator.ToException(problems, sourceName, utf8, schema.Id);
        try
        {
            return document.RootElement.Deserialize(type) ?? throw new JsonException("The request is null.", "$", null, null);
        }
        catch (JsonException e)
        {
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"{sourceName}: the value at {e.Path ?? "$"} cannot be held: it is too large, or written in a form that is not read there.",
                "Write whole numbers as plain digits within 64 bits, and dates and times as the field's description says.",
                e);
        }
    }
}
