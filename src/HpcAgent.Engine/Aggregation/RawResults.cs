using System.Runtime.CompilerServices;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// The metrics of each task by itself, one after the other, without keeping them. The columns are known beforehand, from a reduction of the
/// same records, so that all rows have the same.
/// </summary>
public sealed class RawResults : IDisposable
{
    private readonly RunResults _results;
    private readonly HashSet<long> _missing;
    private readonly Dictionary<string, int> _columns;
    private readonly List<AggregateProblem> _problems = [];

    internal RawResults(RunResults results, Aggregate whole)
    {
        (_results, Whole, _missing) = (results, whole, [.. whole.MissingTaskIds]);
        Metrics = [.. whole.Groups.SelectMany(g => g.Metrics).Select(m => m.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _columns = Metrics.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        Parameters = results.Table.Count == 0 ? [] : ParameterNames(results.Table);
    }

    /// <summary>What is used and what is missing.</summary>
    public Aggregate Whole { get; }

    /// <summary>The names of the parameters, in their order.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>The names of the metrics, sorted.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>Records that could be read at first and not again.</summary>
    public IReadOnlyList<AggregateProblem> Problems => _problems;

    /// <summary>The records, one at a time: by task, or in the order of packed files.</summary>
    /// <param name="token">Ends the reading.</param>
    public async IAsyncEnumerable<RawRecord> ReadAsync([EnumeratorCancellation] CancellationToken token)
    {
        IEnumerable<(long Task, byte[]? Text, string Path)> records = _results.Source is PackedResults packed ? Packed(packed) : Files();
        foreach ((long id, byte[]? text, string path) in records)
        {
            token.ThrowIfCancellationRequested();
            object?[]? values = text is null ? null : ValuesOf(id, text, path);
            if (values is not null) yield return new RawRecord(_results.Table.Read(id), values);
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose() => _results.Dispose();

    private static string[] ParameterNames(TaskTable table)
    {
        List<string> names = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (RunTask task in table.ReadAll())
            foreach (string name in task.Parameters.Keys)
                if (known.Add(name)) names.Add(name);
        return [.. names];
    }

    private IEnumerable<(long Task, byte[]? Text, string Path)> Files()
    {
        ReductionWorker worker = new(0, keepsValues: false);
        ResultFiles files = (ResultFiles)_results.Source;
        for (long id = 0; id < _results.TaskCount; id++)
        {
            if (_missing.Contains(id)) continue;
            string path = files.PathOf(id);
            if (MetricsFile.TryRead(worker, path, AggregationRequest.DefaultMaxRecordBytes, out int length, out string? reason))
                yield return (id, worker.Buffer[..length].ToArray(), path);
            else
                _problems.Add(new AggregateProblem(id, path, reason ?? $"{path} is gone"));
        }
    }

    private IEnumerable<(long Task, byte[]? Text, string Path)> Packed(PackedResults packed)
    {
        using PackedFiles files = PackedFiles.Open(packed.Paths);
        ReductionWorker worker = new(0, keepsValues: false);
        AggregationRequest request = new() { RunId = "", CmdSha = "", IdentitySha = "", TaskCount = _results.TaskCount, Tasks = [], Source = packed };
        PackedIndex index = new(files, request);
        index.Work(worker, CancellationToken.None);
        foreach (PackedRange range in files.Ranges)
        {
            // One range at a time: the lines cannot be kept while the caller works on one.
            foreach ((long id, byte[] text) in InRange(files, worker, range, index, request))
                yield return (id, text, files.PathOf(range.File));
        }
    }

    private List<(long Task, byte[] Text)> InRange(PackedFiles files, ReductionWorker worker, PackedRange range, PackedIndex index, AggregationRequest request)
    {
        List<(long, byte[])> found = [];
        PackedLines lines = new(files, worker, range, request.MaxRecordBytes + PackedRecord.FrameBytes);
        while (lines.MoveNext())
        {
            if (!lines.IsTooLong && PackedRecord.TrySplit(lines.Current, out long task, out int start, out int length)
                && task < request.TaskCount && !_missing.Contains(task) && index.IsLast(task, range.File, lines.Offset))
                found.Add((task, lines.Current.Slice(start, length).ToArray()));
        }
        return found;
    }

    private object?[]? ValuesOf(long id, byte[] text, string path)
    {
        object?[] values = new object?[Metrics.Count];
        try
        {
            int start = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
            JsonReader reader = new(new JsonSource(start == 0 ? text : text[start..], path), takesInfinite: true);
            Flatten(reader.ReadMap(), "", values);
            return values;
        }
        catch (Exception e) when (e is HpcException or KeyNotFoundException)
        {
            _problems.Add(new AggregateProblem(id, path, $"{path} cannot be taken apart, or changed after it was reduced: {e.Message}"));
            return null;
        }
    }

    private void Flatten(IReadOnlyDictionary<string, object?> map, string prefix, object?[] values)
    {
        foreach ((string name, object? value) in map)
        {
            string path = prefix + name;
            if (prefix.Length == 0 && name == "n_samples") continue;
            if (value is IReadOnlyDictionary<string, object?> inner) Flatten(inner, path + ".", values);
            else values[_columns[path]] = value;
        }
    }
}
