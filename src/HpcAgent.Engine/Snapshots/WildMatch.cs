namespace HpcAgent.Engine.Snapshots;

/// <summary>
/// Git's glob matcher with the slash kept apart (WM_PATHNAME), after wildmatch.c of git, itself after Rich Salz's wildmat.
/// It works on UTF-8 bytes, as git does.
/// </summary>
internal static class WildMatch
{
    private enum Outcome
    {
        Match,
        NoMatch,
        AbortAll,
        AbortToStarStar,
    }

    internal static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text) => Match(pattern, text) == Outcome.Match;

    private static Outcome Match(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        var p = 0;
        var t = 0;
        for (; p < pattern.Length; p++, t++)
        {
            var wanted = pattern[p];
            if (t == text.Length && wanted != '*')
                return Outcome.AbortAll;
            switch (wanted)
            {
                case (byte)'*':
                    if (MatchStar(pattern, ref p, text, ref t) is { } outcome)
                        return outcome;
                    break;
                case (byte)'?':
                    if (text[t] == '/')
                        return Outcome.NoMatch;
                    break;
                case (byte)'[':
                    if (WildMatchSet.Contains(pattern, ref p, text[t]) is not { } contains)
                        return Outcome.AbortAll;
                    if (!contains || text[t] == '/')
                        return Outcome.NoMatch;
                    break;
                default:
                    if (wanted == '\\')
                        p++;
                    if (p >= pattern.Length || pattern[p] != text[t])
                        return Outcome.NoMatch;
                    break;
            }
        }

        return t == text.Length ? Outcome.Match : Outcome.NoMatch;
    }

    /// <summary>Null means that one star took a whole part of the path, and the slash after it is next.</summary>
    private static Outcome? MatchStar(ReadOnlySpan<byte> pattern, ref int p, ReadOnlySpan<byte> text, ref int t)
    {
        var before = p - 1;
        p++;
        var matchSlash = false;
        if (At(pattern, p) == '*')
        {
            while (At(pattern, p) == '*')
                p++;
            matchSlash = (before < 0 || pattern[before] == '/')
                && (p == pattern.Length || pattern[p] == '/' || (pattern[p] == '\\' && At(pattern, p + 1) == '/'));
            if (matchSlash && At(pattern, p) == '/' && Match(pattern[(p + 1)..], text[t..]) == Outcome.Match)
                return Outcome.Match;
        }

        if (p == pattern.Length)
            return matchSlash || !text[t..].Contains((byte)'/') ? Outcome.Match : Outcome.AbortToStarStar;
        if (matchSlash || pattern[p] != '/')
            return MatchRest(pattern[p..], text, t, matchSlash);
        var slash = text[t..].IndexOf((byte)'/');
        if (slash < 0)
            return Outcome.AbortAll;
        t += slash;
        return null;
    }

    private static Outcome MatchRest(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, int t, bool matchSlash)
    {
        for (; t < text.Length; t++)
        {
            var outcome = Match(pattern, text[t..]);
            if (outcome != Outcome.NoMatch)
            {
                if (!matchSlash || outcome != Outcome.AbortToStarStar)
                    return outcome;
            }
            else if (!matchSlash && text[t] == '/')
            {
                return Outcome.AbortToStarStar;
            }
        }

        return Outcome.AbortAll;
    }

    private static byte At(ReadOnlySpan<byte> pattern, int index) => index < pattern.Length ? pattern[index] : (byte)0;
}
