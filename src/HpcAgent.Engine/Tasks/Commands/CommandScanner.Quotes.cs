namespace HpcAgent.Engine.Tasks;

/// <content>Quotes and expansions.</content>
internal sealed partial class CommandScanner
{
    /// <summary>Single quotes, or the <c>$'..'</c> of bash.</summary>
    private void ScanSingle(Quoting quoting)
    {
        var opened = _at;
        _words.AddOpaque();
        Copy(quoting == Quoting.Ansi ? 2 : 1);
        while (Current >= 0)
        {
            switch (Current)
            {
                case '\'':
                    Copy();
                    return;
                case '\\' when quoting == Quoting.Ansi: CopyBackslash(); break;
                case '{' or '}': ScanBrace(quoting); break;
                default: Copy(); break;
            }
        }

        Unbalanced(opened, "a single quote");
    }

    private void ScanDouble()
    {
        var opened = _at;
        _words.AddOpaque();
        Copy();
        while (Current >= 0)
        {
            if (Current == '"')
            {
                Copy();
                return;
            }

            ScanInDouble();
        }

        Unbalanced(opened, "a double quote");
    }

    /// <summary>One character or expansion inside double quotes or in a here-document.</summary>
    private void ScanInDouble()
    {
        switch (Current)
        {
            case '\\': CopyBackslash(); break;
            case '$': ScanDollar(inDouble: true); break;
            case '`': ScanBackticks(); break;
            case '{' or '}': ScanBrace(Quoting.Double); break;
            default: Copy(); break;
        }
    }

    /// <summary>
    /// A backslash and what it escapes. Before a brace it stands for itself, and must be doubled lest it escape the reference.
    /// </summary>
    private void CopyBackslash()
    {
        if (Next == '{')
        {
            _out.Append('\\');
            Copy();
        }
        else Copy(2);
    }

    private void ScanDollar(bool inDouble)
    {
        _words.AddOpaque();
        switch (Next)
        {
            case '(' when _at + 2 < text.Length && text[_at + 2] == '(': ScanArithmetic(opening: 3, openParentheses: 2); break;
            case '(': ScanSubstitution(); break;
            case '{': ScanExpansion(inDouble); break;
            case '[': ScanOldArithmetic(); break;
            case '\'' when !inDouble: ScanSingle(Quoting.Ansi); break;
            case '$' or '!' or '?' or '#' or '*' or '@' or (>= '0' and <= '9'): Copy(2); break;
            default: Copy(); break;
        }
    }

    private void ScanSubstitution()
    {
        var opened = _at;
        Copy(2);
        if (ScanCommands(nested: true)) Copy();
        else Unbalanced(opened, "$(");
    }

    /// <summary><c>${...}</c>, left as it is. Whether quotes count inside depends on the operator and on the shell.</summary>
    private void ScanExpansion(bool inDouble)
    {
        var opened = _at;
        var before = (_refusal, _verbatim);
        _verbatim = true;
        _refusal ??= "Inside ${...} shells differ in how they quote. Assign the value to a variable first: x={name}; then use $x.";
        Copy(2);
        while (Current >= 0 && Current != '}')
        {
            switch (Current)
            {
                case '\\': Copy(2); break;
                case '\'' when inDouble:
                    Doubt("Shells differ on a single quote inside \"${...}\", which stands before this place. Assign that text to a variable first.");
                    Copy();
                    break;
                case '\'': ScanSingle(Quoting.Single); break;
                case '"': ScanDouble(); break;
                case '$': ScanDollar(inDouble); break;
                case '`': ScanBackticks(); break;
                case '{': ScanBrace(Quoting.Double); break;
                default: Copy(); break;
            }
        }

        (_refusal, _verbatim) = before;
        if (Current == '}') Copy();
        else Unbalanced(opened, "${");
    }

    private void ScanOldArithmetic()
    {
        var before = (_refusal, _verbatim);
        _verbatim = true;
        _refusal ??= "The shell would run the value as code in arithmetic. Let the program compute, or use: expr {name} + 1.";
        var brackets = 0;
        Copy();
        do
        {
            if (Current == '[') brackets++;
            if (Current == ']') brackets--;
            if (Current is '{' or '}') ScanBrace(Quoting.Double);
            else Copy();
        }
        while (Current >= 0 && brackets > 0);
        (_refusal, _verbatim) = before;
    }

    /// <summary>
    /// A shell first cuts out the text up to the next backtick without a backslash, and then reads it as commands of their own.
    /// </summary>
    private void ScanBackticks()
    {
        var opened = _at;
        _words.AddOpaque();
        var end = _at + 1;
        while (end < text.Length && text[end] != '`') end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
        {
            Unbalanced(opened, "a backtick");
            Copy(text.Length - _at);
            return;
        }

        var inside = text[(_at + 1)..end];
        var scanner = new CommandScanner(inside, names, offset + _at + 1) { _refusal = _refusal, _verbatim = _verbatim, _doubt = _doubt };
        if (inside.Contains('\\', StringComparison.Ordinal))
            scanner.Doubt("A backslash inside backticks counts twice. Write $( ) instead of backticks.");
        _out.Append('`').Append(scanner.All()).Append('`');
        _substituted |= scanner._substituted;
        _at = end + 1;
    }
}
