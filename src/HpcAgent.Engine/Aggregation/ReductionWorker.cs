using HpcAgent.Kernels;

namespace HpcAgent.Engine.Aggregation;

/// <summary>What one thread has of its own: reader, reduction, buffer, and the problems it met.</summary>
internal sealed class ReductionWorker
{
    private byte[] _buffer = new byte[1 << 16];

    public ReductionWorker(int groupCount, bool keepsValues)
    {
        Reader = new MetricsReader(new MetricNames());
        Reduction = new Reduction(Reader.Names, groupCount, keepsValues);
    }

    public MetricsReader Reader { get; }

    public Reduction Reduction { get; }

    public InputDigest Digest { get; } = new();

    public List<ResultProblem> Problems { get; } = [];

    public Span<byte> Buffer => _buffer;

    /// <summary>Makes the buffer at least so long, keeping its content.</summary>
    public void Enlarge(int length)
    {
        if (length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(length, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
    }
}

/// <summary>A problem and the key by which problems are sorted.</summary>
internal sealed record ResultProblem(long TaskId, string Path, int File, long Offset, string Message);
