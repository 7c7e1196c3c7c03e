namespace HpcAgent.Engine.Aggregation;

/// <summary>A set of task ids, one bit each, that several threads may fill.</summary>
internal sealed class TaskSet(long taskCount)
{
    private readonly ulong[] _words = new ulong[(taskCount + 63) / 64];

    public long TaskCount { get; } = taskCount;

    /// <summary>Adds an id; false if it was there.</summary>
    public bool Add(long id)
    {
        ulong bit = 1UL << (int)(id & 63);
        return (Interlocked.Or(ref _words[id >> 6], bit) & bit) == 0;
    }

    public bool Contains(long id) => (_words[id >> 6] >> (int)(id & 63) & 1) != 0;

    public long Count()
    {
        long count = 0;
        foreach (ulong word in _words)
            count += System.Numerics.BitOperations.PopCount(word);
        return count;
    }

    /// <summary>The ids that are not in the set, ascending.</summary>
    public long[] Absent()
    {
        long[] ids = new long[TaskCount - Count()];
        int next = 0;
        for (long id = 0; id < TaskCount; id++)
        {
            if (!Contains(id))
                ids[next++] = id;
        }
        return ids;
    }
}
