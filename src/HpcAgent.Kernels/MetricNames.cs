using System.Text;

namespace HpcAgent.Kernels;

/// <summary>
/// The metrics met so far: a name is a path of keys joined by dots, its index the order of first sight. Keys are found by their
/// bytes, and the key that followed last time is tried first, so that records of the same shape cost one comparison a key.
/// </summary>
public sealed class MetricNames
{
    internal const int Root = 0;

    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private Node[] _nodes = new Node[16];
    private int[] _buckets = new int[32];
    private int _count;

    /// <summary>Creates an empty set.</summary>
    public MetricNames()
    {
        Append(new Node { Key = [], Quoted = [], Parent = -1, Path = "", Metric = -1 });
        SampleCount = Find(Root, "n_samples"u8, -1);
    }

    /// <summary>The number of metrics.</summary>
    public int Count => _names.Count;

    /// <summary>The names, by index.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The node of the weight.</summary>
    internal int SampleCount { get; }

    /// <summary>The index of a metric, new if it was not there.</summary>
    /// <param name="name">The whole name.</param>
    /// <returns>The index.</returns>
    public int IndexOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_indices.TryGetValue(name, out int index))
        {
            index = _names.Count;
            _names.Add(name);
            _indices.Add(name, index);
        }
        return index;
    }

    /// <summary>The node that is expected after another one, by what came last time; 0 if nothing is known.</summary>
    internal int Expected(int after) => _nodes[after].Next;

    /// <summary>True if the node is a key of that parent; then its key with the closing quote.</summary>
    internal bool IsKeyOf(int node, int parent, out ReadOnlySpan<byte> quoted)
    {
        ref Node candidate = ref _nodes[node];
        quoted = candidate.Quoted;
        return candidate.Parent == parent && quoted.Length > 0;
    }

    /// <summary>The metric that a node stands for.</summary>
    internal int MetricOf(int node)
    {
        ref Node leaf = ref _nodes[node];
        if (leaf.Metric < 0)
            leaf.Metric = IndexOf(leaf.Path);
        return leaf.Metric;
    }

    /// <summary>Notes that a node was met in a document; false if that was so before.</summary>
    internal bool Visit(int node, long document)
    {
        ref Node visited = ref _nodes[node];
        if (visited.Document == document)
            return false;
        visited.Document = document;
        return true;
    }

    internal string PathOf(int node) => _nodes[node].Path;

    /// <summary>The node of a key, new if it was not there.</summary>
    internal int Find(int parent, ReadOnlySpan<byte> key, int after)
    {
        uint hash = Hash(parent, key);
        int node = _buckets[hash & (uint)(_buckets.Length - 1)] - 1;
        while (node >= 0 && !(_nodes[node].Parent == parent && key.SequenceEqual(_nodes[node].Key)))
            node = _nodes[node].NextInBucket - 1;
        if (node < 0)
            node = Add(parent, key, hash);
        if (after >= 0)
            _nodes[after].Next = node;
        return node;
    }

    private static uint Hash(int parent, ReadOnlySpan<byte> key)
    {
        HashCode hash = default;
        hash.Add(parent);
        hash.AddBytes(key);
        return (uint)hash.ToHashCode();
    }

    private int Add(int parent, ReadOnlySpan<byte> key, uint hash)
    {
        string name = Encoding.UTF8.GetString(key);
        byte[] quoted = [.. key, (byte)'"'];
        int node = Append(new Node
        {
            Key = key.ToArray(),
            // A key that is written with escapes is never met in this form.
            Quoted = key.IndexOfAny((byte)'"', (byte)'\\') < 0 && key.IndexOfAnyInRange((byte)0, (byte)31) < 0 ? quoted : [],
            Parent = parent,
            Path = parent == Root ? name : _nodes[parent].Path + "." + name,
            Metric = -1,
            Hash = hash,
        });
        if (_count > _buckets.Length)
            Rehash();
        else
            Link(node);
        return node;
    }

    private int Append(Node node)
    {
        if (_count == _nodes.Length)
            Array.Resize(ref _nodes, 2 * _count);
        _nodes[_count] = node;
        return _count++;
    }

    private void Link(int node)
    {
        ref int bucket = ref _buckets[_nodes[node].Hash & (uint)(_buckets.Length - 1)];
        _nodes[node].NextInBucket = bucket;
        bucket = node + 1;
    }

    private void Rehash()
    {
        _buckets = new int[4 * _buckets.Length];
        for (int node = 1; node < _count; node++)
            Link(node);
    }

    private struct Node
    {
        public byte[] Key;
        public byte[] Quoted;
        public string Path;
        public int Parent;
        public int Metric;
        public int Next;
        public int NextInBucket;
        public uint Hash;
        public long Document;
    }
}
