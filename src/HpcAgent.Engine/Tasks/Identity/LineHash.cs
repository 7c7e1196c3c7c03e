using System.Buffers.Binary;

namespace HpcAgent.Engine.Tasks;

/// <summary>A fast 64-bit hash by folded multiplication. Only a hint: equal hashes are always followed by a comparison.</summary>
internal static class LineHash
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xD6E8FEB86659FD93;

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        var hash = Fold(seed ^ First, (ulong)bytes.Length ^ Second);
        while (bytes.Length >= 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), First);
            bytes = bytes[8..];
        }

        ulong tail = 0;
        foreach (var b in bytes) tail = (tail << 8) | b;
        return Fold(hash ^ tail, Second);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
