namespace HpcAgent.Engine.Tasks;

/// <content>Text outside quotes.</content>
internal sealed partial class CommandScanner
{
    /// <summary>Scans commands to the end of the text or, if nested, to the parenthesis that closes <c>$(</c>.</summary>
    private bool ScanCommands(bool nested)
    {
        var outer = _words;
        _words = new();
        var documents = new List<HereDocument>();
        var parentheses = 0;
        while (Current >= 0)
        {
            if (Current == ')' && nested && parentheses == 0 && EndCommandBefore() && _words.OpenCases == 0) break;
            switch (Current)
            {
                case '(' when Next == '(' && _words.BetweenWords: ScanArithmetic(opening: 2, openParentheses: 2); break;
                case '(': parentheses++; Separate(); break;
                case ')': parentheses = Math.Max(0, parentheses - 1); Separate(); break;
                case '\n':
                    Separate();
                    foreach (var document in documents) ScanHereDocument(document);
                    documents.Clear();
                    break;
                case '<' when Next == '<': ScanHereOperator(documents); break;
                default: ScanInWord(); break;
            }
        }

        Check(_words.EndCommand());
        foreach (var document in documents) Unbalanced(document.At, "a here-document");
        _words = outer;
        return Current == ')';
    }

    private bool EndCommandBefore()
    {
        Check(_words.EndCommand());
        return true;
    }

    /// <summary>Handles one character, quote or expansion outside quotes.</summary>
    private void ScanInWord()
    {
        var c = (char)Current;
        switch (c)
        {
            case ';' or '&' or '|': Separate(); break;
            case ' ' or '\t' or '<' or '>':
                Check(_words.EndWord());
                Copy();
                break;
            case '\\':
                if (Next != '\n') _words.AddOpaque();
                Copy(2);
                break;
            case '\'': ScanSingle(Quoting.Single); break;
            case '"': ScanDouble(); break;
            case '`': ScanBackticks(); break;
            case '$': ScanDollar(inDouble: false); break;
            case '#' when _words.BetweenWords: SkipComment(); break;
            case '{' or '}':
                var before = _out.Length;
                var start = _at;
                ScanBrace(Quoting.Bare);
                if (_at == start + 1) _words.Add(c);
                else if (_out.Length == before + 1) _words.AddOpaque();
                break;
            default:
                _words.Add(c);
                Copy();
                break;
        }
    }

    private void Separate()
    {
        Check(_words.EndCommand());
        Copy();
    }

    private void Check(string? problem)
    {
        if (problem is not null) throw TaskError.Invalid($"The command uses a placeholder {Place(_at)} where it is not safe.", problem);
    }

    private void SkipComment()
    {
        var end = text.IndexOf('\n', _at);
        Copy((end < 0 ? text.Length : end) - _at);
    }

    /// <summary>Text up to the parentheses that close <c>((</c> or <c>$((</c>.</summary>
    private void ScanArithmetic(int opening, int openParentheses)
    {
        var opened = _at;
        var before = (_refusal, _verbatim);
        _verbatim = true;
        _refusal ??= "The shell would run the value as code in arithmetic. Let the program compute, or use: expr {name} + 1. "
            + "If a subshell is meant, put a space between the two parentheses.";
        _words.AddOpaque();
        Copy(opening);
        while (Current >= 0 && openParentheses > 0)
        {
            switch (Current)
            {
                case '(': openParentheses++; Copy(); break;
                case ')': openParentheses--; Copy(); break;
                case '\\': Copy(2); break;
                case '$': ScanDollar(inDouble: true); break;
                case '{' or '}': ScanBrace(Quoting.Double); break;
                case '\'' or '"' or '`':
                    Doubt("Quotes inside (( )) before this place make it unclear what the shell reads. Put a space between the two parentheses if a subshell is meant.");
                    Copy();
                    break;
                default: Copy(); break;
            }
        }

        (_refusal, _verbatim) = before;
        if (openParentheses > 0) Unbalanced(opened, "a parenthesis");
    }
}
