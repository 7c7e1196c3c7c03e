namespace HpcAgent.Engine.Tasks;

/// <summary>Finds text that no environment variable and no UTF-8 file can carry.</summary>
internal static class TextCheck
{
    /// <summary>What is wrong with a value or with anything inside it, or null.</summary>
    public static string? Problem(object? value) => value switch
    {
        string text => Problem(text),
        IReadOnlyDictionary<string, object?> map => map.Select(entry => Problem(entry.Key) ?? Problem(entry.Value)).FirstOrDefault(p => p is not null),
        IEnumerable<object?> list => list.Select(Problem).FirstOrDefault(problem => problem is not null),
        _ => null,
    };

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Problem(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) return "a NUL character";
        var rest = text.AsSpan();
        while (true)
        {
            var at = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (at < 0) return null;
            if (!char.IsHighSurrogate(rest[at]) || at + 1 == rest.Length || !char.IsLowSurrogate(rest[at + 1]))
                return "half of a surrogate pair, which is no character";
            rest = rest[(at + 2)..];
        }
    }

    public static void Require(long taskId, string name, object? value)
    {
        if (Problem(value) is { } problem)
            throw TaskError.Invalid(
                FormattableString.Invariant($"Task {taskId}: the parameter '{name}' holds {problem}."), "Remove it, or pass the data in a file.");
    }
}
