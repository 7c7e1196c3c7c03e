using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <content>Here-documents.</content>
internal sealed partial class CommandScanner
{
    private void ScanHereOperator(List<HereDocument> documents)
    {
        Check(_words.EndWord());
        if (StartsWith("<<<"))
        {
            Copy(3);
            return;
        }

        var opened = _at;
        Copy(2);
        var strips = Current == '-';
        if (strips) Copy();
        while (Current is ' ' or '\t') Copy();
        var (delimiter, quoted) = ReadDelimiter();
        if (delimiter.Length == 0 && !quoted) throw TaskError.Invalid(
            $"The here-document {Place(opened)} has no delimiter.",
            "Write <<EOF.");
        documents.Add(new(delimiter, strips, quoted, opened));
        _words.AddOpaque();
    }

    private (string Delimiter, bool Quoted) ReadDelimiter()
    {
        var delimiter = new StringBuilder();
        var quoted = false;
        while (Current >= 0 && !" \t\n;&|()<>".Contains((char)Current, StringComparison.Ordinal))
        {
            var c = (char)Current;
            Copy();
            if (c is not ('\'' or '"' or '\\'))
            {
                delimiter.Append(c);
                continue;
            }

            quoted = true;
            if (c == '\\')
            {
                if (Current >= 0) delimiter.Append((char)Current);
                Copy();
                continue;
            }

            while (Current >= 0 && Current != c)
            {
                delimiter.Append((char)Current);
                Copy();
            }

            Copy();
        }

        return (delimiter.ToString(), quoted);
    }

    private void ScanHereDocument(HereDocument document)
    {
        var end = FindDelimiterLine(document);
        if (end < 0)
        {
            Unbalanced(document.At, "a here-document");
            end = text.Length;
        }

        var before = _refusal;
        if (document.Quoted)
            _refusal ??= $"Nothing is expanded in a here-document with a quoted delimiter. Write <<{document.Delimiter} without quotes "
                + "(and a backslash before each $ and ` of the text), or read the variable in the program. For the braces themselves write {{ and }}.";
        while (_at < end)
        {
            if (!document.Quoted) ScanInDouble();
            else if (Current is '{' or '}') ScanBrace(Quoting.Double);
            else Copy();
        }

        _refusal = before;
        var lineEnd = text.IndexOf('\n', _at);
        Copy((lineEnd < 0 ? text.Length : lineEnd + 1) - _at);
    }

    /// <summary>
    /// The index of the line that ends the document; in an unquoted one a backslash joins lines before they are compared.
    /// </summary>
    private int FindDelimiterLine(HereDocument document)
    {
        var joined = false;
        for (var start = _at; start < text.Length;)
        {
            var lineEnd = text.IndexOf('\n', start);
            if (lineEnd < 0) lineEnd = text.Length;
            var line = text.AsSpan(start, lineEnd - start);
            if (!joined && (document.StripsTabs ? line.TrimStart('\t') : line).SequenceEqual(document.Delimiter)) return start;
            joined = !document.Quoted && ((line.Length - line.TrimEnd('\\').Length) & 1) == 1;
            start = lineEnd + 1;
        }

        return -1;
    }
}
