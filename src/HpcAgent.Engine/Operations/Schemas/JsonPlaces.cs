using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Finds where in a text each value stands. Only for reports: it reads the whole text and makes a string per value.</summary>
internal static class JsonPlaces
{
    /// <summary>Byte offsets of a field's name and of its value; an item or the root has no name, and both are the same.</summary>
    internal readonly record struct Place(long Name, long Value);

    /// <summary>Maps each JSON Pointer to its place; a text that is no JSON gives what was read until then.</summary>
    internal static Dictionary<string, Place> Find(ReadOnlySpan<byte> utf8)
    {
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        if (utf8.IsEmpty) return places;
        var mark = utf8.StartsWith(SpecReader.Utf8Mark) ? SpecReader.Utf8Mark.Length : 0;
        try
        {
            Walk(utf8[mark..], mark, places);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A place is a comfort; the problem itself is reported anyway.
        }

        return places;
    }

    private static void Walk(ReadOnlySpan<byte> utf8, int skipped, Dictionary<string, Place> places)
    {
        var reader = new Utf8JsonReader(utf8);
        var path = new JsonPath();
        var indices = new Stack<int>();
        var name = -1L;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                name = reader.TokenStartIndex + skipped;
                path.Enter(reader.GetString()!);
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                indices.Pop();
                LeaveValue();
                continue;
            }

            if (name < 0 && indices.Count > 0)
            {
                var index = indices.Pop();
                indices.Push(index + 1);
                path.Enter(index);
            }

            var start = reader.TokenStartIndex + skipped;
            places[path.ToString()] = new Place(name < 0 ? start : name, start);
            name = -1;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) indices.Push(0);
            else LeaveValue();
        }

        void LeaveValue()
        {
            if (indices.Count > 0) path.Leave();
        }
    }
}
