using System.Text;

namespace HpcAgent.Engine.Failures;

/// <summary>
/// Finds texts without which a regular expression cannot match. It reads alternatives, sequences and groups; everything else only
/// ends a text. What it does not understand gives nothing, and the expression is then tried on every line.
/// </summary>
internal sealed class PatternLiterals
{
    private const int Shortest = 3;
    private readonly string _pattern;
    private int _at;

    private PatternLiterals(string pattern) => _pattern = pattern;

    /// <summary>The texts, in small letters, of which every match holds at least one; null if none were found.</summary>
    /// <param name="pattern">The regular expression.</param>
    public static IReadOnlyList<string>? Of(string pattern)
    {
        PatternLiterals reader = new(pattern.StartsWith("(?i)", StringComparison.Ordinal) ? pattern[4..] : pattern);
        List<string>? found = reader.Alternatives();
        return found is not null && reader._at == reader._pattern.Length ? found : null;
    }

    private List<string>? Alternatives()
    {
        List<string> all = [];
        bool isWhole = true;
        while (true)
        {
            if (Sequence() is { } best) all.AddRange(best);
            else isWhole = false;
            if (_at >= _pattern.Length || _pattern[_at] != '|') return isWhole ? all : null;
            _at++;
        }
    }

    // Of all that must be there the one whose shortest text is longest.
    private List<string>? Sequence()
    {
        List<string>? best = null;
        StringBuilder run = new();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            char c = _pattern[_at];
            if (c == '(')
            {
                Offer(ref best, [run.ToString()]);
                _ = run.Clear();
                List<string>? inner = Group();
                if (!SkipQuantifier(out _) && inner is not null) Offer(ref best, inner);
            }
            else if (Literal() is { } literal)
            {
                bool mayBeAbsent = SkipQuantifier(out bool isQuantified);
                if (!mayBeAbsent) _ = run.Append(char.ToLowerInvariant(literal));
                if (!isQuantified) continue;
                Offer(ref best, [run.ToString()]);
                _ = run.Clear();
            }
            else
            {
                _ = SkipQuantifier(out _);
                Offer(ref best, [run.ToString()]);
                _ = run.Clear();
            }
        }
        Offer(ref best, [run.ToString()]);
        return best;
    }

    private List<string>? Group()
    {
        _at++;
        if (_at + 1 < _pattern.Length && _pattern[_at] == '?')
        {
            // Only a plain group and a named one are known.
            if (_pattern[_at + 1] == ':') _at += 2;
            else if (_pattern[_at + 1] == '<') _at = _pattern.IndexOf('>', _at) + 1;
            else return SkipGroup();
        }
        List<string>? inner = Alternatives();
        _at = Math.Min(_at + 1, _pattern.Length);
        return inner;
    }

    private List<string>? SkipGroup()
    {
        _at = _pattern.Length + 1;
        return null;
    }

    // The character that stands for itself here, or null; the place moves on in any case.
    private char? Literal()
    {
        char c = _pattern[_at++];
        switch (c)
        {
            case '\\':
                if (_at >= _pattern.Length) return null;
                char escaped = _pattern[_at++];
                return char.IsAsciiLetterOrDigit(escaped) || !char.IsAscii(escaped) ? null : escaped;
            case '[':
                SkipClass();
                return null;
            case '.' or '^' or '$':
                return null;
            default:
                return char.IsAscii(c) ? c : null;
        }
    }

    private void SkipClass()
    {
        int start = _at;
        while (_at < _pattern.Length && (_pattern[_at] != ']' || _at == start || (_at == start + 1 && _pattern[start] == '^')))
            _at += _pattern[_at] == '\\' ? 2 : 1;
        _at = Math.Min(_at + 1, _pattern.Length);
    }

    // True if what stands before may be absent.
    private bool SkipQuantifier(out bool isQuantified)
    {
        isQuantified = _at < _pattern.Length && _pattern[_at] is '*' or '+' or '?' or '{';
        if (!isQuantified) return false;
        bool mayBeAbsent = _pattern[_at] != '+';
        _at = _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) is >= 0 and var end ? end + 1 : _pattern.Length : _at + 1;
        if (_at < _pattern.Length && _pattern[_at] == '?') _at++;
        return mayBeAbsent;
    }

    private static void Offer(ref List<string>? best, List<string> texts)
    {
        int length = texts.Min(t => t.Length);
        if (length >= Shortest && (best is null || length > best.Min(t => t.Length))) best = texts;
    }
}
