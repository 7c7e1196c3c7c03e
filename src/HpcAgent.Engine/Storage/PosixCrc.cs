using System.Buffers.Binary;

namespace HpcAgent.Engine.Storage;

/// <summary>
/// The checksum of the POSIX tool cksum: CRC-32 with polynomial 0x04C11DB7, most significant bit first, start value 0, the length appended,
/// complemented (IEEE Std 1003.1, cksum). Eight bytes a step by the method of slices (Kounavis and Berry, 2005).
/// </summary>
internal static class PosixCrc
{
    private const uint Polynomial = 0x04C11DB7;
    private const int Slices = 8;
    private static readonly uint[] Table = BuildTable();

    internal static uint Compute(ReadOnlySpan<byte> data) => Finish(Update(0, data), data.Length);

    /// <summary>The checksum and the length of a file.</summary>
    internal static async Task<(uint Crc, long Bytes)> ComputeAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        var block = new byte[1 << 16];
        (uint crc, long bytes) = (0, 0);
        for (int read; (read = await file.ReadAsync(block, cancellationToken)) > 0; bytes += read) crc = Update(crc, block.AsSpan(0, read));
        return (Finish(crc, bytes), bytes);
    }

    /// <summary>Takes the next bytes; the first value is 0.</summary>
    internal static uint Update(uint crc, ReadOnlySpan<byte> rest)
    {
        for (; rest.Length >= Slices; rest = rest[Slices..])
        {
            var high = crc ^ BinaryPrimitives.ReadUInt32BigEndian(rest);
            var low = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            crc = Table[(7 * 256) + (high >> 24)] ^ Table[(6 * 256) + ((high >> 16) & 255)]
                ^ Table[(5 * 256) + ((high >> 8) & 255)] ^ Table[(4 * 256) + (high & 255)]
                ^ Table[(3 * 256) + (low >> 24)] ^ Table[(2 * 256) + ((low >> 16) & 255)]
                ^ Table[256 + ((low >> 8) & 255)] ^ Table[low & 255];
        }

        foreach (var value in rest)
            crc = Step(crc, value);
        return crc;
    }

    /// <summary>The checksum, from the value behind the last bytes and the length of all.</summary>
    internal static uint Finish(uint crc, long bytes)
    {
        for (var length = (ulong)bytes; length != 0; length >>= 8)
            crc = Step(crc, (byte)length);
        return ~crc;
    }

    private static uint Step(uint crc, byte value) => (crc << 8) ^ Table[(crc >> 24) ^ value];

    private static uint[] BuildTable()
    {
        var table = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i << 24;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc << 1) ^ ((crc >> 31) * Polynomial);
            table[i] = crc;
        }

        for (var i = 256; i < table.Length; i++)
            table[i] = (table[i - 256] << 8) ^ table[table[i - 256] >> 24];
        return table;
    }
}
