namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>One place where a document breaks its schema.</summary>
/// <param name="JsonPointer">
/// The JSON Pointer (RFC 6901) of the value; empty is the whole document. A missing field is reported at the object that lacks it,
/// an unknown field at the field itself.
/// </param>
/// <param name="Keyword">The schema keyword that was broken, such as <c>required</c>.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Suggestion">The known name or value that is nearest to the one given, if one is near.</param>
public sealed record SchemaProblem(string JsonPointer, string Keyword, string Message, string? Suggestion = null);
