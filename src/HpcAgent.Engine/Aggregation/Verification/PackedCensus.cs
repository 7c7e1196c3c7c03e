namespace HpcAgent.Engine.Aggregation;

/// <summary>Which tasks packed files name: those that the run does not have, and those that come more than once.</summary>
internal sealed record PackedCensus(IReadOnlyList<long> Unexpected, IReadOnlyList<long> Duplicates, IReadOnlyList<long> Differing)
{
    /// <summary>Counts the records.</summary>
    /// <param name="paths">The packed files.</param>
    /// <param name="taskCount">The tasks of the run.</param>
    /// <param name="maxBytes">The longest line that is looked at.</param>
    /// <param name="token">Ends the reading.</param>
    public static PackedCensus Take(IReadOnlyList<string> paths, long taskCount, int maxBytes, CancellationToken token)
    {
        using PackedFiles files = PackedFiles.Open(paths);
        TaskSet seen = new(taskCount);
        SortedSet<long> unexpected = [], duplicates = [];
        Visit(files, maxBytes, (task, metrics) =>
        {
            if (task >= taskCount) _ = unexpected.Add(task);
            else if (!seen.Add(task)) _ = duplicates.Add(task);
        }, token);
        return new PackedCensus([.. unexpected], [.. duplicates], duplicates.Count == 0 ? [] : FindDiffering(files, duplicates, maxBytes, token));
    }

    private static List<long> FindDiffering(PackedFiles files, SortedSet<long> duplicates, int maxBytes, CancellationToken token)
    {
        InputDigest digest = new();
        Dictionary<long, ulong> first = [];
        SortedSet<long> differing = [];
        Visit(files, maxBytes, (task, metrics) =>
        {
            if (!duplicates.Contains(task)) return;
            ulong hash = digest.Hash(task, metrics);
            if (!first.TryAdd(task, hash) && first[task] != hash) _ = differing.Add(task);
        }, token);
        return [.. differing];
    }

    private static void Visit(PackedFiles files, int maxBytes, Visitor visit, CancellationToken token)
    {
        ReductionWorker worker = new(0, keepsValues: false);
        foreach (PackedRange range in files.Ranges)
        {
            token.ThrowIfCancellationRequested();
            PackedLines lines = new(files, worker, range, maxBytes + PackedRecord.FrameBytes);
            while (lines.MoveNext())
            {
                if (PackedRecord.TrySplit(lines.Current, out long task, out int start, out int length)) visit(task, lines.Current.Slice(start, length));
            }
        }
    }

    private delegate void Visitor(long task, ReadOnlySpan<byte> metrics);
}
