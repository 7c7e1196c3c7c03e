using System.Text;
using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// Regular expressions as JSON Schema means them (ECMA-262, unanchored), so that other validators judge as this one does:
/// <c>$</c> is the very end and not before a last newline, <c>.</c> stops at every line end, <c>\d</c> and <c>\w</c> are ASCII.
/// What .NET alone understands is refused.
/// </summary>
internal static class EcmaPattern
{
    internal static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    private const string KnownEscapes = "dDwWsSbBtnrfvcxu0123456789";

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is wrong or uses something that ECMA-262 does not have.</exception>
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
                var escaped = pattern[++i];
                if (char.IsAsciiLetterOrDigit(escaped) && !KnownEscapes.Contains(escaped))
                    throw new ArgumentException($"\\{escaped} is not portable.", nameof(pattern));
                text.Append(c).Append(escaped);
                continue;
            }

            if (!inClass && c == '(') RefuseOptions(pattern, i);
            inClass = c == '[' || (inClass && c != ']');
            text.Append((inClass, c) switch
            {
                (false, '$') => @"\z",
                (false, '.') => @"[^\n\r\u2028\u2029]",
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }

    private static void RefuseOptions(string pattern, int open)
    {
        var portable = open + 1 >= pattern.Length || pattern[open + 1] != '?'
            || (open + 2 < pattern.Length && pattern[open + 2] is ':' or '=' or '!');
        if (!portable) throw new ArgumentException("(? is portable only as (?:, (?= and (?!.", nameof(pattern));
    }
}
