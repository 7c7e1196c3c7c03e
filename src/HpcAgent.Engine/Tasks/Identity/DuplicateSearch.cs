using System.Runtime.InteropServices;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Finds two tasks with the same canonical text. Keeps 12 bytes a task: a 64-bit hash and the id; tasks with equal hashes are
/// read again and compared, so that a chance collision refuses nothing.
/// </summary>
internal sealed class DuplicateSearch
{
    /// <summary>Beyond this many tasks nothing is searched.</summary>
    public const int MaxTasks = 10_000_000;

    private readonly List<ulong> _hashes = [];
    private bool _off;

    public void Add(ReadOnlySpan<byte> line, ReadOnlySpan<byte> token)
    {
        if (_off) return;
        if (_hashes.Count == MaxTasks)
        {
            _off = true;
            _hashes.Clear();
            return;
        }

        _hashes.Add(LineHash.Of(token, LineHash.Of(line, 0)));
    }

    public void Finish(TaskSet tasks, CancellationToken cancellation)
    {
        var hashes = CollectionsMarshal.AsSpan(_hashes);
        var ids = new int[hashes.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = i;
        hashes.Sort(ids.AsSpan());
        var suspects = new HashSet<long>();
        for (var i = 1; i < hashes.Length && suspects.Count < 1000; i++)
        {
            if (hashes[i] != hashes[i - 1]) continue;
            suspects.Add(ids[i]);
            suspects.Add(ids[i - 1]);
        }

        if (suspects.Count > 0) Compare(tasks, suspects, cancellation);
    }

    private static void Compare(TaskSet tasks, HashSet<long> suspects, CancellationToken cancellation)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var task in tasks.Read())
        {
            if ((task.Id & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            if (!suspects.Contains(task.Id)) continue;
            var text = CanonicalJson.ToText(task.Parameters);
            if (!seen.TryAdd(text, task.Id)) throw TaskIdentity.Duplicate(seen[text], task.Id);
        }
    }
}
