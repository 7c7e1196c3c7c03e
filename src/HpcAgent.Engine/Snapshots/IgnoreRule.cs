namespace HpcAgent.Engine.Snapshots;

/// <summary>One line of a file in gitignore syntax.</summary>
internal sealed class IgnoreRule
{
    private readonly byte[] pattern;
    private readonly bool directoriesOnly;
    private readonly bool anyDepth;
    private readonly int literalLength;

    private IgnoreRule(byte[] pattern, bool isNegated, bool directoriesOnly)
    {
        IsNegated = isNegated;
        this.directoriesOnly = directoriesOnly;
        anyDepth = !pattern.Contains((byte)'/');
        this.pattern = pattern.Length > 0 && pattern[0] == '/' ? pattern[1..] : pattern;
        var wildcard = this.pattern.AsSpan().IndexOfAny("*?[\\"u8);
        literalLength = anyDepth ? 0 : wildcard < 0 ? this.pattern.Length : wildcard;
    }

    /// <summary>True if the rule takes a path back in.</summary>
    internal bool IsNegated { get; }

    /// <summary>Reads all rules of a file, in its order.</summary>
    internal static IReadOnlyList<IgnoreRule> Parse(ReadOnlySpan<byte> content)
    {
        var rules = new List<IgnoreRule>();
        var rest = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (line.EndsWith("\r"u8))
                line = line[..^1];
            if (line.IsEmpty || line[0] == '#')
                continue;
            rules.Add(ParseLine(WithoutTrailingSpaces(line)));
        }

        return rules;
    }

    /// <summary>True if the rule speaks of a path.</summary>
    /// <param name="path">The path relative to the folder of the rule's file, with slashes.</param>
    /// <param name="name">The last part of the path.</param>
    /// <param name="isDirectory">True for a folder; a link to a folder is none.</param>
    internal bool Matches(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isDirectory)
    {
        if (directoriesOnly && !isDirectory)
            return false;

        // Git compares what stands before the first wildcard by itself. That shows: 'a**/b' matches 'ab', as '**/' then stands first.
        var subject = anyDepth ? name : path;
        return subject.StartsWith(pattern.AsSpan(0, literalLength)) && WildMatch.IsMatch(pattern.AsSpan(literalLength), subject[literalLength..]);
    }

    private static IgnoreRule ParseLine(ReadOnlySpan<byte> line)
    {
        var isNegated = line.StartsWith("!"u8);
        if (isNegated)
            line = line[1..];
        return line.EndsWith("/"u8)
            ? new(line[..^1].ToArray(), isNegated, directoriesOnly: true)
            : new(line.ToArray(), isNegated, directoriesOnly: false);
    }

    private static ReadOnlySpan<byte> WithoutTrailingSpaces(ReadOnlySpan<byte> line)
    {
        var spaces = -1;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == ' ')
            {
                if (spaces < 0)
                    spaces = i;
                continue;
            }

            if (line[i] == '\\' && ++i == line.Length)
                return line;
            spaces = -1;
        }

        return spaces < 0 ? line : line[..spaces];
    }
}
