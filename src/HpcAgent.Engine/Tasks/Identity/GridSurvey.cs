namespace HpcAgent.Engine.Tasks;

/// <summary>The identity of a grid without making its tasks: each value is checked and encoded once, lines are copied together.</summary>
internal static class GridSurvey
{
    public static TaskIdentity Run(GridTaskSet grid, CancellationToken cancellation)
    {
        ParameterNames.Validate(grid.ParameterNames);
        var large = new Dictionary<string, LargeValue>(StringComparer.Ordinal);
        long widestTask = 0, widestId = 0;
        for (var i = 0; i < grid.Axes.Length; i++)
        {
            var (bytes, index) = CheckAxis(grid.Axes[i], grid.Strides[i], large);
            widestTask += bytes;
            widestId += index * grid.Strides[i];
        }

        if (widestTask > TaskIdentity.MaxEnvironmentBytes) throw TaskIdentity.TooMuch(widestId, widestTask);
        foreach (var name in large.Keys) ParameterNames.CheckFileVariable(name, grid.ParameterNames);
        CheckDuplicates(grid);
        using var digest = new Digest();
        new GridLines(grid).Write(digest, cancellation);
        return new(grid.TaskCount, digest.Finish()) { ParameterNames = grid.ParameterNames, LargeValues = large };
    }

    /// <summary>Checks the values; returns the longest exported one and its index.</summary>
    private static (long Bytes, int Index) CheckAxis(GridAxis axis, long stride, Dictionary<string, LargeValue> large)
    {
        var buffer = new ByteBuffer();
        (long Bytes, int Index) widest = (0, 0);
        for (var v = 0; v < axis.Values.Length; v++)
        {
            if (axis.Values[v] is null or double or long or bool) continue;
            TextCheck.Require(v * stride, axis.Name, axis.Values[v]);
            buffer.Clear();
            PlainText.Write(buffer, axis.Values[v]);
            if (buffer.Length > CommandTemplate.LargeValueBytes) large.TryAdd(axis.Name, new(v * stride, buffer.Length));
            else if (buffer.Length > widest.Bytes) widest = (buffer.Length, v);
        }

        return widest;
    }

    /// <summary>Two tasks of a grid are equal only if an axis has a value twice.</summary>
    private static void CheckDuplicates(GridTaskSet grid)
    {
        for (var i = 0; i < grid.Axes.Length; i++)
        {
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            var values = grid.Axes[i].Values;
            for (var v = 0; v < values.Length; v++)
            {
                var text = CanonicalJson.ToText(values[v]);
                if (!seen.TryAdd(text, v)) throw TaskIdentity.Duplicate(seen[text] * grid.Strides[i], v * grid.Strides[i]);
            }
        }
    }
}
