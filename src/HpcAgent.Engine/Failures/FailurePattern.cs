using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Failures;

/// <summary>
/// A pattern of a rule. It runs in time linear in the text, whatever pattern and text are, and it is compiled when one of its literals was seen
/// for the first time: most patterns of most runs never are.
/// </summary>
internal sealed class FailurePattern
{
    private readonly Lazy<Regex> _regex;

    public FailurePattern(string text)
    {
        Text = text;
        Literals = PatternLiterals.Of(text);
        _regex = new(() => new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture));
    }

    public string Text { get; }

    /// <summary>Texts in small letters of which one at least is in every line that the pattern fits, if capitals are ignored; null if there are none.</summary>
    public IReadOnlyList<string>? Literals { get; }

    /// <summary>Compiles it.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It would need time that is not linear, or too much memory.</exception>
    public void Check() => _ = _regex.Value;

    public bool IsIn(ReadOnlySpan<char> line) => _regex.Value.IsMatch(line);
}
