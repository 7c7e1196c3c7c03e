using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Reporting;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Report;

/// <summary>A parameter, looked at.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Why">Why it cannot be drawn, or null.</param>
/// <param name="ValueCount">How many values it has, so far as they were counted.</param>
internal sealed record ParameterLook(string Name, string? Why, int ValueCount);

/// <summary>Which parameters of a run metrics can be drawn against: those that vary, with no more values than a chart has room for; those with many values only where no other is drawn.</summary>
internal static class ParameterChoice
{
    /// <summary>Looks at the values of parameters.</summary>
    /// <param name="tasks">The folder of the table of tasks.</param>
    /// <param name="names">The parameters, in the order wanted.</param>
    /// <returns>Each with the reason for which it is not drawn; null if it can be.</returns>
    public static IReadOnlyList<ParameterLook> Of(string tasks, IReadOnlyList<string> names)
    {
        using TaskTable table = TaskTable.Open(tasks);
        return Of(table.ReadAll().Select(t => t.Parameters), names);
    }

    /// <summary>Chooses among parameters.</summary>
    /// <param name="looks">The parameters, in the order wanted.</param>
    /// <param name="most">How many are drawn at most.</param>
    /// <returns>Each with the reason for which it is not drawn; null if it is.</returns>
    public static IReadOnlyList<(string Name, string? Why)> Among(IReadOnlyList<ParameterLook> looks, int most)
    {
        // A cloud of dots, such as of 500 seeds, says little beside the means of a few values.
        bool hasFew = looks.Any(l => l.Why is null && l.ValueCount <= MeansChart.MostNumbers);
        List<(string, string?)> chosen = [];
        int drawn = 0;
        foreach (ParameterLook look in looks)
        {
            string? why = look.Why;
            if (why is null && hasFew && look.ValueCount > MeansChart.MostNumbers) why = $"it has {look.ValueCount} values, others fewer; choose it with -By";
            if (why is null && ++drawn > most) why = $"the first {most} parameters that vary are; choose with -By";
            chosen.Add((look.Name, why));
        }
        return chosen;
    }

    /// <summary>Looks at parameters in memory.</summary>
    public static IReadOnlyList<ParameterLook> Of(IEnumerable<IReadOnlyDictionary<string, object?>> tasks, IReadOnlyList<string> names)
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
        return [.. names.Zip(columns, (name, column) => new ParameterLook(name, column.Why, column.ValueCount))];
    }

    private sealed class Column
    {
        private readonly HashSet<string> _values = new(StringComparer.Ordinal);
        private readonly GroupKey _key = new();
        private bool _isNumeric = true;

        public int ValueCount => _values.Count;

        public bool IsFull => _values.Count > MeansChart.MostDots;

        public string? Why
        {
            get
            {
                if (_values.Count < 2) return "it has one value";
                if (IsFull) return $"it has more than {MeansChart.MostDots} values";
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
