namespace HpcAgent.Engine.Tasks;

/// <summary>Writes the canonical lines of a grid by copying fragments that were encoded once.</summary>
internal sealed class GridLines
{
    private readonly GridTaskSet _grid;
    private readonly byte[][][] _fragments;
    private readonly int[] _sorted;
    private readonly int _innerPosition;

    public GridLines(GridTaskSet grid)
    {
        _grid = grid;
        _sorted =
        [
            .. Enumerable.Range(0, grid.Axes.Length)
                .Where(i => !string.Equals(grid.Axes[i].Name, TaskIdentity.TrialToken, StringComparison.Ordinal))
                .OrderBy(i => grid.Axes[i].Name, CodePointOrder.Instance),
        ];
        _innerPosition = Array.IndexOf(_sorted, grid.Axes.Length - 1);
        _fragments = new byte[grid.Axes.Length][][];
        for (var i = 0; i < _fragments.Length; i++)
        {
            var key = Array.IndexOf(_sorted, i) is >= 0 and var position ? Key(grid.Axes[i].Name, position) : null;
            _fragments[i] = Array.ConvertAll(grid.Axes[i].Values, value => Fragment(key, value));
        }
    }

    /// <summary>
    /// Writes all lines, joined by line feeds. For each choice of the slower axes only the part of the last axis changes.
    /// </summary>
    public void Write(Digest digest, CancellationToken cancellation)
    {
        var indices = new int[_grid.Axes.Length];
        var before = new ByteBuffer();
        var after = new ByteBuffer();
        var inner = _fragments[^1];
        var split = _innerPosition < 0 ? _sorted.Length : _innerPosition;
        long outerCount = _grid.TaskCount / inner.Length;
        for (long outer = 0; outer < outerCount; outer++)
        {
            if ((outer & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            before.Clear();
            before.Append(_sorted.Length == 0 ? "\n{"u8 : "\n"u8);
            Join(before, indices, 0, split);
            after.Clear();
            Join(after, indices, split + 1, _sorted.Length);
            after.Append((byte)'}');
            WriteInner(digest, before.Written, inner, after.Written, outer == 0);
            Next(indices);
        }
    }

    private static void WriteInner(Digest digest, ReadOnlySpan<byte> before, byte[][] inner, ReadOnlySpan<byte> after, bool first)
    {
        foreach (var fragment in inner)
        {
            var room = digest.Block.Reserve(before.Length + fragment.Length + after.Length);
            var start = first ? before[1..] : before;
            first = false;
            start.CopyTo(room);
            fragment.CopyTo(room[start.Length..]);
            after.CopyTo(room[(start.Length + fragment.Length)..]);
            digest.Block.Advance(start.Length + fragment.Length + after.Length);
            digest.Step();
        }
    }

    private void Join(ByteBuffer target, int[] indices, int from, int to)
    {
        for (var i = from; i < to; i++) target.Append(_fragments[_sorted[i]][indices[_sorted[i]]]);
    }

    /// <summary>Moves to the next choice of all axes but the last.</summary>
    private void Next(int[] indices)
    {
        for (var i = indices.Length - 2; i >= 0; i--)
        {
            if (++indices[i] < _fragments[i].Length) return;
            indices[i] = 0;
        }
    }

    private static byte[] Key(string name, int position) => [(byte)(position == 0 ? '{' : ','), .. TaskLayout.Key(name)];

    private static byte[] Fragment(byte[]? key, object? value)
    {
        if (key is null) return [];
        var buffer = new ByteBuffer();
        buffer.Append(key);
        JsonEncoder.Write(buffer, value, JsonStyle.Canonical);
        return buffer.Written.ToArray();
    }
}
