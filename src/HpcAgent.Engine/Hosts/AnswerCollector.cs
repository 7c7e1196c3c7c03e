namespace HpcAgent.Engine.Hosts;

/// <summary>Keeps the parts of an answer in memory up to a limit, or hands them on to where the caller wants them.</summary>
internal sealed class AnswerCollector(long limit, Func<string, Stream?>? receive)
{
    private readonly List<(string Name, MemoryStream? Content)> _parts = [];
    private MemoryStream? _memory;
    private Stream? _target;
    private long _held;

    /// <summary>The parts so far. What came before the first name is listed only if there was any.</summary>
    public IReadOnlyList<AnswerPart> Parts => [.. _parts.Select(part => new AnswerPart(part.Name, Content(part.Content)))];

    /// <summary>Begins a part.</summary>
    /// <param name="name">Its name.</param>
    public void Begin(string name)
    {
        _target = receive?.Invoke(name);
        _memory = _target is null ? new MemoryStream() : null;
        _target ??= _memory;
        _parts.Add((name, _memory));
    }

    /// <summary>Adds to the current part.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="AnswerTooLargeException">More than the limit would lie in memory.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_target is null) Begin("");
        if (_memory is not null && (_held += bytes.Length) > limit) throw new AnswerTooLargeException(limit);
        _target!.Write(bytes);
    }

    private static ReadOnlyMemory<byte> Content(MemoryStream? content) =>
        content is null ? default : content.GetBuffer().AsMemory(0, (int)content.Length);
}

/// <summary>An answer is larger than the caller wants to hold.</summary>
/// <param name="limit">How many bytes the caller would hold.</param>
internal sealed class AnswerTooLargeException(long limit) : Exception
{
    /// <summary>How many bytes the caller would hold.</summary>
    public long Limit => limit;
}
