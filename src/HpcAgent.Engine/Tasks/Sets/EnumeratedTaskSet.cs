namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks as a sequence of maps gives them.</summary>
internal sealed class EnumeratedTaskSet(IEnumerable<IReadOnlyDictionary<string, object?>> maps, IReadOnlyList<string>? names) : TaskSet
{
    public override long? Count => maps.TryGetNonEnumeratedCount(out var count) ? count : null;

    public override IReadOnlyList<string>? ParameterNames => names;

    public override IEnumerable<RunTask> Read()
    {
        long id = 0;
        foreach (var map in maps) yield return new(id++, map as ParameterMap ?? ToMap(map));
    }
}
