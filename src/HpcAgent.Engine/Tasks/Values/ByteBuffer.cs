using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>A growing byte array that is written at its end and used again after <see cref="Clear"/>.</summary>
internal sealed class ByteBuffer(int capacity = 256)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = length;

    /// <summary>Room for at least this many bytes; <see cref="Advance"/> tells how many were written.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(checked(Length + count), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void AppendText(ReadOnlySpan<char> text)
    {
        var room = Reserve(checked(text.Length * 3));
        Length += Encoding.UTF8.GetBytes(text, room);
    }

    public string ToText() => Encoding.UTF8.GetString(Written);
}
