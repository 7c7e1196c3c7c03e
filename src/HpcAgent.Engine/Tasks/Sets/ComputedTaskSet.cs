using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks whose values are a function of the id.</summary>
internal sealed class ComputedTaskSet(string[] names, long count, Func<long, object?[]> valuesAt) : IndexedTaskSet
{
    public override long TaskCount => count;

    public override IReadOnlyList<string> ParameterNames => names;

    public static ComputedTaskSet InStep(IEnumerable<KeyValuePair<string, object?>> axes)
    {
        var columns = GridAxis.Read(axes);
        foreach (var column in columns)
        {
            if (column.Values.Length == columns[0].Values.Length) continue;
            throw TaskError.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Axes that go in step have different lengths: '{columns[0].Name}' {columns[0].Values.Length}, '{column.Name}' {column.Values.Length}."),
                "Give every axis the same number of values, or use a grid for all combinations.");
        }

        return new(
            Array.ConvertAll(columns, column => column.Name),
            columns[0].Values.Length,
            id => Array.ConvertAll(columns, column => column.Values[id]));
    }

    internal override ParameterMap At(long id) => new(names, valuesAt(id));
}
