using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// A digest of a set of records: the sum, modulo 2^256, of SHA-256(task id as 8 bytes, least first; then the metrics). It is the same for any
/// order, split into waves and number of threads, and any record that is missing, added or changed changes it.
/// </summary>
/// <remarks>
/// Of the metrics, a line break or tab counts as a space, and those at both ends do not count: a packed record is one line, with tabs where
/// lines ended. JSON allows all three only where they mean the same. A sum and not an exclusive or, in which a record that came twice would vanish. Built against
/// accidents; who can choose records freely could, with great effort, find another set with the same sum.
/// </remarks>
internal sealed class InputDigest
{
    private const string Scheme = "sum-sha256:";

    private readonly ulong[] _words = new ulong[4];
    private byte[] _record = new byte[1 << 10];

    /// <summary>Adds a record.</summary>
    /// <param name="task">The task.</param>
    /// <param name="metrics">Its metrics, as they were written.</param>
    public void Add(long task, ReadOnlySpan<byte> metrics)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(task, metrics, hash);
        AddWords([
            BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]), BinaryPrimitives.ReadUInt64LittleEndian(hash[24..])]);
    }

    /// <summary>The digest of one record alone, which tells whether two records are the same.</summary>
    /// <param name="task">The task.</param>
    /// <param name="metrics">Its metrics.</param>
    /// <param name="hash">32 bytes.</param>
    public void Hash(long task, ReadOnlySpan<byte> metrics, Span<byte> hash)
    {
        if (_record.Length < metrics.Length + 8) _record = new byte[metrics.Length + metrics.Length / 2 + 8];
        Span<byte> text = _record.AsSpan(8, metrics.Length);
        metrics.CopyTo(text);
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
        text.Replace((byte)'\t', (byte)' ');
        int start = text.IndexOfAnyExcept((byte)' ');
        int length = start < 0 ? 0 : text.LastIndexOfAnyExcept((byte)' ') + 1 - start;
        // The id goes straight before what counts of the metrics: the space that it overwrites does not.
        Span<byte> whole = _record.AsSpan(Math.Max(start, 0), length + 8);
        BinaryPrimitives.WriteInt64LittleEndian(whole, task);
        _ = SHA256.HashData(whole, hash);
    }

    /// <summary>Adds all records of another digest.</summary>
    /// <param name="other">The other one.</param>
    public void Merge(InputDigest other) => AddWords(other._words);

    /// <inheritdoc />
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[32];
        for (int i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64BigEndian(bytes[(8 * i)..], _words[3 - i]);
        return Scheme + Convert.ToHexString(bytes).ToLowerInvariant();
    }

    private void AddWords(ReadOnlySpan<ulong> words)
    {
        UInt128 carry = 0;
        for (int i = 0; i < 4; i++)
        {
            carry += (UInt128)_words[i] + words[i];
            _words[i] = (ulong)carry;
            carry >>= 64;
        }
    }
}
