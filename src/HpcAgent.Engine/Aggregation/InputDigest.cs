using System.Globalization;
using System.Runtime.CompilerServices;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// A digest of a set of records: the sum, modulo 2^64, of <see cref="XxHash64"/> of each one's metrics, seeded with the task. It is the same
/// for any order, split into waves and number of threads, and any record that is missing, added or changed changes it.
/// </summary>
/// <remarks>
/// Of the metrics, a line break or tab counts as a space, and those at both ends do not count: a packed record is one line, with tabs where
/// lines ended. JSON allows all three only where they mean the same. A sum and not an exclusive or, in which a record that came twice would
/// vanish. Built against accidents, not against those who choose records with care; the files of an archive have their SHA-256 for that.
/// </remarks>
internal sealed class InputDigest
{
    private const string Scheme = "sum-xxh64:";

    private ulong _sum;
    private byte[] _record = [];

    /// <summary>Adds a record.</summary>
    /// <param name="task">The task.</param>
    /// <param name="metrics">Its metrics, as they were written.</param>
    public void Add(long task, ReadOnlySpan<byte> metrics) => _sum += Hash(task, metrics);

    /// <summary>The hash of one record alone, which tells whether two records are the same.</summary>
    /// <param name="task">The task.</param>
    /// <param name="metrics">Its metrics.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Hash(long task, ReadOnlySpan<byte> metrics) => XxHash64.Of(
        metrics.IndexOfAny("\n\r\t"u8) < 0 && (metrics.IsEmpty || (metrics[0] != ' ' && metrics[^1] != ' ')) ? metrics : Plain(metrics), (ulong)task);

    /// <summary>Adds all records of another digest.</summary>
    /// <param name="other">The other one.</param>
    public void Merge(InputDigest other) => _sum += other._sum;

    /// <inheritdoc />
    public override string ToString() => Scheme + _sum.ToString("x16", CultureInfo.InvariantCulture);

    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> metrics)
    {
        if (_record.Length < metrics.Length) _record = new byte[metrics.Length + (metrics.Length / 2)];
        Span<byte> text = _record.AsSpan(0, metrics.Length);
        metrics.CopyTo(text);
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
        text.Replace((byte)'\t', (byte)' ');
        return text.Trim((byte)' ');
    }
}
