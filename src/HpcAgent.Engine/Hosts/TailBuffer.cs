using System.Text;

namespace HpcAgent.Engine.Hosts;

/// <summary>The end of a text that may be long. Written by one thread, read by another.</summary>
internal sealed class TailBuffer
{
    private const int Size = 8 * 1024;

    private readonly byte[] _buffer = new byte[Size];
    private readonly object _gate = new();
    private int _count;

    /// <summary>All bytes that were added.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>The text; what was cut before it is not mentioned.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return Encoding.UTF8.GetString(_buffer, 0, _count).Trim();
            }
        }
    }

    /// <summary>Adds to the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            TotalBytes += bytes.Length;
            if (bytes.Length > Size) bytes = bytes[^Size..];
            var excess = Math.Max(0, _count + bytes.Length - Size);
            _buffer.AsSpan(excess, _count - excess).CopyTo(_buffer);
            _count -= excess;
            bytes.CopyTo(_buffer.AsSpan(_count));
            _count += bytes.Length;
        }
    }
}
