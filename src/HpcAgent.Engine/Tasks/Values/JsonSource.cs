using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>The bytes of a JSON text, from memory or streamed through one buffer, with the position for error messages.</summary>
internal sealed class JsonSource
{
    private readonly Stream? _stream;
    private readonly string? _place;
    private byte[] _bytes;
    private int _end;
    private int _lineStart;
    private int _continuations;

    public JsonSource(Stream stream, string place)
    {
        _stream = stream;
        _place = place;
        _bytes = new byte[64 * 1024];
        Fill();
        if (_end >= 3 && _bytes.AsSpan(0, 3).SequenceEqual(Encoding.UTF8.Preamble)) At = _lineStart = 3;
    }

    public JsonSource(byte[] bytes, string? place)
    {
        _bytes = bytes;
        _end = bytes.Length;
        _place = place;
    }

    public long Line { get; private set; } = 1;

    public int At { get; private set; }

    /// <summary>The bytes that are at hand; more may follow after <see cref="Peek"/> at their end.</summary>
    public ReadOnlySpan<byte> Window => _bytes.AsSpan(At, _end - At);

    /// <summary>The next byte, or -1 at the end.</summary>
    public int Peek() => At < _end || Fill() ? _bytes[At] : -1;

    public void Skip(int count) => At += count;

    /// <summary>Points a source over memory at another part of it.</summary>
    public void Rewind(byte[] bytes, int start, int end)
    {
        (_bytes, At, _end, _lineStart, Line, _continuations) = (bytes, start, end, start, 1, 0);
    }

    public void Rewind(byte[] bytes) => Rewind(bytes, 0, bytes.Length);

    /// <summary>Notes bytes of text just read, so that columns count characters.</summary>
    public void CountText(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            if ((b & 0xC0) == 0x80) _continuations++;
    }

    public int SkipWhitespace()
    {
        while (true)
        {
            var c = Peek();
            if (c == '\n')
            {
                Line++;
                _lineStart = At + 1;
                _continuations = 0;
            }
            else if (c is not (' ' or '\t' or '\r')) return c;

            At++;
        }
    }

    /// <summary>An error at the current place, or so many characters before it.</summary>
    public HpcException Error(string problem, int back = 0) => new(
        ErrorCode.SpecInvalid,
        _place is null
            ? $"Bad JSON at character {At - back - _lineStart - _continuations + 1}: {problem}"
            : $"{_place}:{Line}:{At - back - _lineStart - _continuations + 1}: {problem}",
        "Correct the text at that place.");

    private bool Fill()
    {
        if (_stream is null) return false;
        _lineStart -= At;
        At = 0;
        _end = _stream.Read(_bytes, 0, _bytes.Length);
        return _end > 0;
    }
}
