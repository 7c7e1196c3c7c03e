using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Reporting;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Report;

/// <summary>Which parameters of a run metrics can be drawn against: those that vary, with no more values than a chart has room for.</summary>
internal static class ParameterChoice
{
    /// <summary>Looks at the values of parameters.</summary>
    /// <param name="tasks">The folder of the table of tasks.</param>
    /// <param name="names">The parameters, in the order wanted.</param>
    /// <returns>Each with the reason for which it is not drawn; null if it is.</returns>
    public static IReadOnlyList<(string Name, string? Why)> Of(string tasks, IReadOnlyList<string> names)
    {
        using TaskTable table = TaskTable.Open(tasks);
        return Of(table.ReadAll().Select(t => t.Parameters), names);
    }

    /// <summary>As above, of parameters in memory.</summary>
    public static IReadOnlyList<(string Name, string? Why)> Of(IEnumerable<IReadOnlyDictionary<string, object?>> tasks, IReadOnlyList<string> names)
    {
        Column[] columns = [.. names.Select(_ => new Column())];
        foreach (IReadOnlyDictionary<string, object?> parameters in tasks)
        {
            bool isOpen = false;
            for (int i = 0; i < columns.Length; i++)
            {
                if (columns[i].IsFull) continue;
                columns[i].Add(parameters.GetValueOrDefault(names[i]));
                isOpen = true;
            }
            if (!isOpen) break;
        }
        return [.. names.Zip(columns, (name, column) => (name, column.Why))];
    }

    private sealed class Column
    {
        private readonly HashSet<string> _values = new(StringComparer.Ordinal);
        private readonly GroupKey _key = new();
        private bool _isNumeric = true;

        public bool IsFull => _values.Count > MeansChart.MostNumbers;

        public string? Why
        {
            get
            {
                if (_values.Count < 2) return "it has one value";
                if (_values.Count > MeansChart.MostNumbers) return $"it has more than {MeansChart.MostNumbers} values";
                return !_isNumeric && _values.Count > MeansChart.MostWords ? $"it has {_values.Count} values that are not all numbers; {MeansChart.MostWords} at most are drawn" : null;
            }
        }

        public void Add(object? value)
        {
            _key.Clear();
            _key.Append(value);
            if (_values.Add(_key.ToString())) _isNumeric &= MeansChart.Number(value) is not null;
        }
    }
}
