using System.Text;
using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// Regular expressions as JSON Schema means them (ECMA-262, unanchored), so that other validators judge as this one does:
/// <c>$</c> is the very end and not before a last newline, <c>.</c> stops at every line end, <c>\d</c> and <c>\w</c> are ASCII,
/// <c>\s</c> is not. What .NET alone understands, or understands otherwise, is refused.
/// </summary>
internal static class EcmaPattern
{
    internal static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    private const string KnownEscapes = "dDwWsSbBtnrfvcxu0123456789";
    private const string LineEnds = @"\n\r\u2028\u2029";
    private const string WhiteSpace = @"\t\v\f \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff" + LineEnds;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is wrong.</exception>
    /// <exception cref="FormatException">The pattern uses something that ECMA-262 does not have or means otherwise.</exception>
    internal static Regex Compile(string pattern) => new(Translate(pattern), RegexOptions.ECMAScript, MatchTimeout);

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                text.Append(Escape(pattern[++i], inClass));
                continue;
            }

            if (!inClass && c == '(') RefuseOptions(pattern.AsSpan(i));
            if (c == '[') RefuseOddClass(pattern.AsSpan(i), inClass);
            inClass = c == '[' || (inClass && c != ']');
            text.Append((inClass, c) switch
            {
                (false, '$') => @"\z",
                (false, '.') => $"[^{LineEnds}]",
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }

    private static string Escape(char escaped, bool inClass) => (escaped, inClass) switch
    {
        ('s', false) => $"[{WhiteSpace}]",
        ('s', true) => WhiteSpace,
        ('S', false) => $"[^{WhiteSpace}]",
        ('S', true) => throw NotPortable(@"\S inside brackets"),
        _ when char.IsAsciiLetterOrDigit(escaped) && !KnownEscapes.Contains(escaped) => throw NotPortable(@"\" + escaped),
        _ => @"\" + escaped,
    };

    private static void RefuseOptions(ReadOnlySpan<char> group)
    {
        if (group.StartsWith("(?") && (group.Length < 3 || group[2] is not (':' or '=' or '!')))
            throw NotPortable("(? other than (?:, (?= and (?!");
    }

    private static void RefuseOddClass(ReadOnlySpan<char> brackets, bool inClass)
    {
        if (inClass) throw NotPortable("[ inside brackets, unless written as \\[,");
        if (brackets.StartsWith("[]") || brackets.StartsWith("[^]")) throw NotPortable("an empty pair of brackets");
    }

    private static FormatException NotPortable(string what) => new(what + " is not portable.");
}
