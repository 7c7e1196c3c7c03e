namespace HpcAgent.Engine.Storage;

/// <summary>A good line.</summary>
/// <param name="Text">Its text, without checksum and newline.</param>
/// <param name="Offset">The byte at which it begins.</param>
/// <param name="LineNumber">Its 1-based number.</param>
public readonly record struct CheckedLine(ReadOnlyMemory<byte> Text, long Offset, long LineNumber);

/// <summary>A stretch of bytes that could not be read.</summary>
/// <param name="Offset">The byte at which it begins.</param>
/// <param name="Length">How many bytes, without the newline.</param>
/// <param name="LineNumber">The 1-based number of its line.</param>
public readonly record struct DamagedLine(long Offset, long Length, long LineNumber);

/// <summary>What a file of checked lines holds: the good lines in file order, and what is damaged. Damage never hides the lines after it.</summary>
public sealed record ChecksumLines
{
    /// <summary>The good lines.</summary>
    public required IReadOnlyList<CheckedLine> Lines { get; init; }

    /// <summary>The damaged stretches.</summary>
    public required IReadOnlyList<DamagedLine> Damaged { get; init; }

    /// <summary>Bytes up to and with the last newline; a reader that follows a growing file goes on here.</summary>
    public required long CompleteLength { get; init; }

    /// <summary>True if something incomplete follows the last newline: a write in progress, or cut off by a crash.</summary>
    public required bool HasTornTail { get; init; }

    /// <summary>Reads the lines of a buffer.</summary>
    /// <param name="data">The bytes; they stay referenced by the result.</param>
    /// <param name="isGrowing">True if a writer may be at work and the caller comes back for more: what follows the last newline is
    /// then left for the next time. False takes a last line that is whole but for its newline.</param>
    public static ChecksumLines Read(ReadOnlyMemory<byte> data, bool isGrowing = false)
    {
        var reader = new ChecksumLineReader(data);
        return reader.Read(isGrowing);
    }
}
