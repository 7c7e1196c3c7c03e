namespace HpcAgent.Engine.Tasks;

/// <summary>Every task of one set with every task of another.</summary>
internal sealed class ProductTaskSet(TaskSet outer, IndexedTaskSet inner) : TaskSet
{
    public override long? Count => outer.Count is { } count ? checked(count * inner.TaskCount) : null;

    public override IReadOnlyList<string>? ParameterNames =>
        outer.ParameterNames is { } first && inner.ParameterNames is { } second ? [.. first, .. second] : null;

    public override IEnumerable<RunTask> Read()
    {
        long id = 0;
        string[]? firstNames = null, secondNames = null, names = null;
        foreach (var task in outer.Read())
        {
            var first = ParameterMap.Create(task.Parameters);
            for (long i = 0; i < inner.TaskCount; i++)
            {
                var second = inner.At(i);
                if (names is null || !ReferenceEquals(firstNames, first.Names) || !ReferenceEquals(secondNames, second.Names))
                    names = Join(firstNames = first.Names, secondNames = second.Names);
                yield return new(id++, new ParameterMap(names, [.. first.Items, .. second.Items]));
            }
        }
    }

    private static string[] Join(string[] first, string[] second)
    {
        string[] names = [.. first, .. second];
        return ParameterMap.FirstDuplicate(names) is { } twice
            ? throw TaskError.Invalid($"'{twice}' stands in both sets that are combined.", "Give it in one of them only.")
            : names;
    }
}
