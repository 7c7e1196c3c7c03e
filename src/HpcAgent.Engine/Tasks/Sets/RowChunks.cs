using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks that share the rows of one data set (reference 4.1 and 5.24).</summary>
public static class RowChunks
{
    /// <summary>Tasks with <c>chunk_id</c> (0-based) and <c>total_chunks</c>.</summary>
    /// <exception cref="HpcException">The number is below 1.</exception>
    public static IndexedTaskSet Create(long totalChunks)
    {
        CheckAtLeast("total_chunks", totalChunks, 1);
        return new ComputedTaskSet(["chunk_id", "total_chunks"], totalChunks, id => [id, totalChunks]);
    }

    /// <summary>
    /// As above with <c>start</c> (first row) and <c>end</c> (one past the last), sizes equal to within one row, and, if a
    /// halo is asked for, <c>halo</c>: how many rows before the start to read too (never before row 0).
    /// No more chunks are made than there are rows.
    /// </summary>
    /// <exception cref="HpcException">A number is out of range.</exception>
    public static IndexedTaskSet Create(long totalChunks, long rows, long halo = 0)
    {
        CheckAtLeast("total_chunks", totalChunks, 1);
        CheckAtLeast("rows", rows, 1);
        CheckAtLeast("halo", halo, 0);
        var count = Math.Min(totalChunks, rows);
        string[] names = ["chunk_id", "total_chunks", "start", "end"];
        return new ComputedTaskSet(halo == 0 ? names : [.. names, "halo"], count, id =>
        {
            var start = (long)((Int128)rows * id / count);
            var end = (long)((Int128)rows * (id + 1) / count);
            return halo == 0 ? [id, count, start, end] : [id, count, start, end, Math.Min(halo, start)];
        });
    }

    private static void CheckAtLeast(string name, long value, long least)
    {
        if (value >= least) return;
        throw TaskError.Invalid(
            string.Create(CultureInfo.InvariantCulture, $"{name} = {value} is not possible."),
            string.Create(CultureInfo.InvariantCulture, $"Give {name} of at least {least}."));
    }
}
