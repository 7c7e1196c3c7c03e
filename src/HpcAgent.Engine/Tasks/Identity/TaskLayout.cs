namespace HpcAgent.Engine.Tasks;

/// <summary>What is the same for all tasks with the same names: the sorted order and the encoded keys of the canonical line.</summary>
internal sealed class TaskLayout
{
    private readonly int[] _order;
    private readonly byte[][] _keys;
    private readonly int _token;

    public TaskLayout(string[] names)
    {
        Names = names;
        _token = Array.IndexOf(names, TaskIdentity.TrialToken);
        _order = [.. Enumerable.Range(0, names.Length).Where(i => i != _token).OrderBy(i => names[i], CodePointOrder.Instance)];
        _keys = Array.ConvertAll(names, Key);
    }

    public string[] Names { get; }

    public bool Fits(string[] names) => ReferenceEquals(names, Names) || names.AsSpan().SequenceEqual(Names);

    /// <summary>Writes the canonical line without the trial token.</summary>
    /// <param name="target">Written to at its end.</param>
    /// <param name="values">The values in the order of the names.</param>
    /// <param name="large">Called with the index of each value whose text might be over the limit.</param>
    public void WriteLine(ByteBuffer target, object?[] values, Action<int> large)
    {
        target.Append((byte)'{');
        for (var i = 0; i < _order.Length; i++)
        {
            var index = _order[i];
            if (i > 0) target.Append((byte)',');
            target.Append(_keys[index]);
            var start = target.Length;
            JsonEncoder.Write(target, values[index], JsonStyle.Canonical);
            // Canonical text is never shorter than the plain text of the same value.
            if (target.Length - start > CommandTemplate.LargeValueBytes) large(index);
        }

        target.Append((byte)'}');
    }

    /// <summary>Writes the trial token, if there is one.</summary>
    public void WriteToken(ByteBuffer target, object?[] values, Action<int> large)
    {
        if (_token < 0) return;
        var start = target.Length;
        JsonEncoder.Write(target, values[_token], JsonStyle.Canonical);
        if (target.Length - start > CommandTemplate.LargeValueBytes) large(_token);
    }

    internal static byte[] Key(string name)
    {
        var buffer = new ByteBuffer();
        JsonEncoder.WriteString(buffer, name, JsonStyle.Canonical);
        buffer.Append((byte)':');
        return buffer.Written.ToArray();
    }
}
