using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// The frame of a record, <c>{"task":3,"metrics":</c> ... <c>}</c>. It is read apart from the metrics, so that broken metrics are
/// still known to be those of their task.
/// </summary>
internal static class PackedRecord
{
    /// <summary>The most bytes that a record has beside its metrics.</summary>
    public const int FrameBytes = 64;

    /// <summary>Splits a line; false if it has not this form.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, out long task, out int start, out int length)
    {
        length = 0;
        return TryReadTask(line, out task, out start) && TryReadBody(line, start, out length);
    }

    /// <summary>Reads only as far as the task.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadTask(ReadOnlySpan<byte> line, out long task, out int position) => TryReadPlain(line, out task, out position)
        || TryReadTaskAlone(line, out task, out position) && Accept(line, ref position, "\"metrics\""u8) && Accept(line, ref position, ":"u8);

    /// <summary>What packs are full of: no space anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryReadPlain(ReadOnlySpan<byte> line, out long task, out int position)
    {
        task = 0;
        position = "{\"task\":"u8.Length;
        if (!line.StartsWith("{\"task\":"u8))
            return false;
        int first = position;
        for (; (uint)position < (uint)line.Length && position - first < 18 && (uint)(line[position] - '0') <= 9; position++)
            task = (task * 10) + line[position] - '0';
        if (position == first || !line[position..].StartsWith(",\"metrics\":"u8))
            return false;
        position += ",\"metrics\":"u8.Length;
        return true;
    }

    private static bool TryReadTaskAlone(ReadOnlySpan<byte> line, out long task, out int position)
    {
        task = 0;
        position = 0;
        if (!Accept(line, ref position, "{"u8) || !Accept(line, ref position, "\"task\""u8) || !Accept(line, ref position, ":"u8))
            return false;
        SkipSpace(line, ref position);
        if (!Utf8Parser.TryParse(line[position..], out task, out int digits) || line[position] is (byte)'+' or (byte)'-')
            return false;
        position += digits;
        return Accept(line, ref position, ","u8);
    }

    /// <summary>Reads a line that stands for a file which could not be packed: <c>{"task":3,"problem":"..."}</c>, the text without escapes.</summary>
    public static bool TryReadProblem(ReadOnlySpan<byte> line, out long task, out string problem)
    {
        problem = "";
        if (!TryReadTaskAlone(line, out task, out int position) || !Accept(line, ref position, "\"problem\""u8) || !Accept(line, ref position, ":"u8) || !Accept(line, ref position, "\""u8))
            return false;
        ReadOnlySpan<byte> rest = line[position..].TrimEnd(" \t\r"u8);
        if (!rest.EndsWith("\"}"u8))
            return false;
        problem = Encoding.UTF8.GetString(rest[..^2]);
        return true;
    }

    /// <summary>How long the metrics are that start there; false if what closes the record is not there.</summary>
    public static bool TryReadBody(ReadOnlySpan<byte> line, int position, out int length)
    {
        ReadOnlySpan<byte> rest = line[position..].TrimEnd(" \t\r"u8);
        length = rest.Length - 1;
        return length >= 0 && rest[length] == (byte)'}';
    }

    private static bool Accept(ReadOnlySpan<byte> line, ref int position, ReadOnlySpan<byte> expected)
    {
        SkipSpace(line, ref position);
        if (!line[position..].StartsWith(expected))
            return false;
        position += expected.Length;
        return true;
    }

    private static void SkipSpace(ReadOnlySpan<byte> line, ref int position)
    {
        while (position < line.Length && line[position] is (byte)' ' or (byte)'\t')
            position++;
    }
}
