using System.Text;
using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Validates JSON against a <see cref="JsonSchemaDocument"/>.</summary>
public static class SchemaValidator
{
    private const int MostShown = 20;

    /// <summary>Finds all problems of a value, in the order of the document; none means valid.</summary>
    /// <param name="schema">The rules.</param>
    /// <param name="value">
    /// The value, best from <see cref="SpecReader.Parse"/>, which has refused duplicate names and broken Unicode already.
    /// </param>
    public static IReadOnlyList<SchemaProblem> Validate(JsonSchemaDocument schema, JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (value.ValueKind is JsonValueKind.Undefined) throw new ArgumentException("There is no value to validate.", nameof(value));
        var log = new ProblemLog();
        schema.Root.Check(value, log);
        return log.Problems;
    }

    /// <summary>Makes one error that tells all problems (the first 20 in words, the rest as a count).</summary>
    /// <param name="problems">At least one problem.</param>
    /// <param name="file">The file or other source of the document, as the user knows it.</param>
    /// <param name="utf8">The document's text, if at hand: each problem is then given with its line and column, from 1.</param>
    /// <param name="schemaId">The schema's <c>$id</c>, if the advice shall name it.</param>
    public static HpcException ToException(
        IReadOnlyList<SchemaProblem> problems, string file, ReadOnlyMemory<byte> utf8 = default, string? schemaId = null)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count == 0) throw new ArgumentException("There is no problem to report.", nameof(problems));
        var shown = problems.Take(MostShown).ToList();
        var places = JsonPlaces.Find(utf8.Span);
        var remediation = "Correct what is named and send the request again."
            + (schemaId is null ? "" : $" The rules are in the schema {schemaId}.");
        if (problems.Count == 1) return new HpcException(ErrorCode.SpecInvalid, file + Describe(shown[0]), remediation);

        var message = new StringBuilder($"{file} has {JsonWords.Count(problems.Count, "problem")}:");
        foreach (var problem in shown) message.Append("\n  ").Append(file).Append(Describe(problem));
        if (problems.Count > MostShown) message.Append("\n  and ").Append(problems.Count - MostShown).Append(" more");
        return new HpcException(ErrorCode.SpecInvalid, message.ToString(), remediation);

        string Describe(SchemaProblem problem) =>
            $"{Place(places, problem, utf8.Span)}: {(problem.JsonPointer.Length == 0 ? "" : problem.JsonPointer + ": ")}{problem.Message}";
    }

    private static string Place(Dictionary<string, JsonPlaces.Place> places, SchemaProblem problem, ReadOnlySpan<byte> utf8)
    {
        if (!places.TryGetValue(problem.JsonPointer, out var place)) return "";
        return ":" + TextPosition.At(utf8, problem.Keyword is "additionalProperties" ? place.Name : place.Value);
    }
}
