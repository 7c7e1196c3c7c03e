using System.Buffers.Text;
using System.Text;

namespace HpcAgent.Engine.Hosts;

/// <summary>
/// Finds the answer in what a command prints. Only marks with the boundary of the call are believed; all before the first and after the
/// last one is noise.
/// </summary>
internal sealed class FrameReader
{
    private const int BufferSize = 128 * 1024;
    private const int LongestMark = 1024;
    private const int PrefaceSize = 2048;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[] _boundary;
    private readonly AnswerCollector _answer;
    private readonly List<byte> _preface = [];
    private int _kept;

    /// <summary>Creates a reader.</summary>
    /// <param name="boundary">What marks begin with.</param>
    /// <param name="answer">Takes the parts.</param>
    public FrameReader(string boundary, AnswerCollector answer)
    {
        _boundary = Encoding.ASCII.GetBytes(boundary + ">");
        _answer = answer;
    }

    /// <summary>True after the first mark: the script runs.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The exit status, once the last mark was seen.</summary>
    public int? ExitStatus { get; private set; }

    /// <summary>The start of what came before the first mark.</summary>
    public string Preface => Encoding.UTF8.GetString(_preface.ToArray());

    /// <summary>Where to put what comes next; never empty.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_kept);

    /// <summary>Takes what was put into <see cref="Free"/>.</summary>
    /// <param name="count">How many bytes were put there.</param>
    public void Advance(int count)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, _kept + count);
        while (ExitStatus is null)
        {
            var start = rest.IndexOf(_boundary);
            if (start < 0)
            {
                var certain = rest.Length - StartOfMarkAtEnd(rest);
                Take(rest[..certain]);
                rest = rest[certain..];
                break;
            }

            Take(rest[..start]);
            rest = rest[start..];
            var length = rest.IndexOf((byte)'\n');
            if (length < 0 && rest.Length < LongestMark) break;
            var known = length >= 0 && Obey(rest[_boundary.Length..length]);
            if (!known) Take(rest[.._boundary.Length]);
            rest = rest[(known ? length + 1 : _boundary.Length)..];
        }

        if (ExitStatus is not null) rest = [];
        rest.CopyTo(_buffer);
        _kept = rest.Length;
    }

    /// <summary>Takes what could have been the start of a mark, now that nothing follows.</summary>
    public void Complete()
    {
        Take(_buffer.AsSpan(0, _kept));
        _kept = 0;
    }

    // How many bytes at the end may be the first of a mark. All others are passed on at once, so that a receiver sees them when they come.
    private int StartOfMarkAtEnd(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, _boundary.Length - 1);
        while (count > 0 && !bytes[^count..].SequenceEqual(_boundary.AsSpan(0, count))) count--;
        return count;
    }

    private bool Obey(ReadOnlySpan<byte> mark)
    {
        if (!HasBegun) return HasBegun = mark.SequenceEqual("begin 0"u8);
        if (mark.StartsWith("part "u8))
        {
            _answer.Begin(Encoding.UTF8.GetString(mark[5..]));
            return true;
        }

        if (!mark.StartsWith("end "u8) || !Utf8Parser.TryParse(mark[4..], out int status, out var used) || used != mark.Length - 4) return false;
        ExitStatus = status;
        return true;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (HasBegun) _answer.Append(bytes);
        else if (_preface.Count < PrefaceSize) _preface.AddRange(bytes[..Math.Min(bytes.Length, PrefaceSize - _preface.Count)]);
    }
}
