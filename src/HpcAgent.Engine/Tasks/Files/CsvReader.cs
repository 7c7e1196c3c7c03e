using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>Splits CSV text into records (RFC 4180: quotes, doubled quotes, line breaks in quotes; LF or CRLF).</summary>
internal sealed class CsvReader(TextReader source, string place)
{
    private readonly StringBuilder _field = new();
    private readonly char[] _buffer = new char[32 * 1024];
    private int _at;
    private int _end;
    private long _nextLine = 1;

    /// <summary>The 1-based line on which the last record began.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the next record into the list; false at the end. A line without any character is no record.</summary>
    public bool Read(List<string> fields)
    {
        while (true)
        {
            fields.Clear();
            Line = _nextLine;
            var c = Take();
            if (c < 0) return false;
            if (c is '\n') continue;
            if (c is '\r' && Peek() is '\n') continue;
            ReadRecord(c, fields);
            return true;
        }
    }

    private void ReadRecord(int c, List<string> fields)
    {
        while (true)
        {
            c = c == '"' ? ReadQuoted() : ReadPlain(c);
            fields.Add(_field.ToString());
            _field.Clear();
            if (c is '\r' && Peek() is '\n') c = Take();
            if (c is not ',') return;
            c = Take();
            if (c >= 0) continue;
            fields.Add("");
            return;
        }
    }

    private int ReadPlain(int c)
    {
        while (c is not (',' or '\n' or < 0) && !(c == '\r' && Peek() is '\n' or < 0))
        {
            if (c == '"') throw Error(
                _nextLine,
                "a double quote inside a field that does not begin with one",
                "Put the field in double quotes and double the quote inside.");
            _field.Append((char)c);
            c = Take();
        }

        return c;
    }

    private int ReadQuoted()
    {
        var opened = _nextLine;
        while (true)
        {
            var c = Take();
            if (c < 0) throw Error(opened, "a quoted field that never ends", "Close the double quote.");
            if (c != '"')
            {
                _field.Append((char)c);
                continue;
            }

            if (Peek() == '"')
            {
                _field.Append((char)Take());
                continue;
            }

            c = Take();
            if (c is ',' or '\n' or < 0 || (c == '\r' && Peek() is '\n' or < 0)) return c;
            throw Error(
                _nextLine,
                "text after the closing quote of a field",
                "Put the whole field in double quotes and double the quotes inside.");
        }
    }

    private int Peek() => _at < _end || Fill() ? _buffer[_at] : -1;

    private int Take()
    {
        var c = Peek();
        if (c < 0) return c;
        _at++;
        if (c == '\n') _nextLine++;
        return c;
    }

    private bool Fill()
    {
        try
        {
            _at = 0;
            _end = source.Read(_buffer, 0, _buffer.Length);
            return _end > 0;
        }
        catch (DecoderFallbackException error)
        {
            throw TaskError.Invalid($"{place}: the file is not UTF-8.", "Save it as UTF-8.", error);
        }
    }

    private HpcException Error(long line, string problem, string remedy) =>
        TaskError.Invalid(string.Create(CultureInfo.InvariantCulture, $"{place}:{line}: {problem}."), remedy);
}
