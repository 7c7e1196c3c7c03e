namespace HpcAgent.Engine.Storage;

/// <summary>Splits a buffer into checked lines and finds back into step after damage.</summary>
internal sealed class ChecksumLineReader(ReadOnlyMemory<byte> data)
{
    private readonly List<CheckedLine> lines = [];
    private readonly List<DamagedLine> damaged = [];
    private long lineNumber;

    internal ChecksumLines Read(bool isGrowing)
    {
        var position = 0;
        for (; position < data.Length; lineNumber++)
        {
            var length = data.Span[position..].IndexOf((byte)'\n');
            if (length < 0)
                break;
            if (length > 0)
                ReadLine(position, length);
            position += length + 1;
        }

        var hasTornTail = position < data.Length && (isGrowing || !TryReadTail(position));
        return new() { Lines = lines, Damaged = damaged, CompleteLength = position, HasTornTail = hasTornTail };
    }

    private void ReadLine(int start, int length)
    {
        if (ChecksumLine.TryRead(data.Span.Slice(start, length), out var textLength))
            Accept(start, textLength);
        else
            Recover(start, start + length);
    }

    private bool TryReadTail(int start)
    {
        var before = lines.Count;
        if (ChecksumLine.TryRead(data.Span[start..], out var textLength))
            Accept(start, textLength);
        else if (FindIntact(start, data.Length) >= 0)
            Recover(start, data.Length);
        return lines.Count > before;
    }

    /// <summary>A damaged newline joins two good lines; each of them still carries its own checksum.</summary>
    private void Recover(int start, int end)
    {
        while (start < end && FindIntact(start, end) is var tab and >= 0)
        {
            Accept(start, tab - start);
            damaged.Add(new(tab + ChecksumLine.TrailerLength, 1, lineNumber + 1));
            start = tab + ChecksumLine.TrailerLength + 1;
        }

        if (start >= end)
            return;
        if (ChecksumLine.TryRead(data.Span[start..end], out var textLength))
            Accept(start, textLength);
        else
            damaged.Add(new(start, end - start, lineNumber + 1));
    }

    /// <summary>The first tab whose checksum fits all bytes since start and that is not the end of the line, or -1.</summary>
    private int FindIntact(int start, int end)
    {
        var span = data.Span[..end];
        for (var tab = start; tab + ChecksumLine.TrailerLength < end; tab++)
        {
            var next = span[tab..].IndexOf((byte)'\t');
            if (next < 0)
                return -1;
            tab += next;
            if (tab + ChecksumLine.TrailerLength < end && ChecksumLine.IsIntact(span, start, tab))
                return tab;
        }

        return -1;
    }

    private void Accept(int start, int length) => lines.Add(new(data.Slice(start, length), start, lineNumber + 1));
}
