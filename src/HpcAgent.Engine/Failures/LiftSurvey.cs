namespace HpcAgent.Engine.Failures;

/// <summary>
/// Compares the tasks of each group of failures with all other tasks that ended, by every value of every parameter, by thresholds of numbers, and by
/// node. What stands out is said with the odds ratio and the probability of it by chance, corrected for all that was tried (Bonferroni).
/// </summary>
internal sealed class LiftSurvey
{
    private const double Level = 0.05;
    private const int MostLifts = 5;

    private readonly Dictionary<string, LiftColumn> _columns = new(StringComparer.Ordinal);
    private readonly LiftColumn _nodes = new(null);
    private readonly Dictionary<int, long> _members = [];
    private long _count;
    private int? _trials;

    /// <summary>Takes in a task that ended.</summary>
    /// <param name="group">The group, or a negative number for a task that is in none.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="node">Its node, if known.</param>
    public void Add(int group, IReadOnlyDictionary<string, object?> parameters, string? node)
    {
        _count++;
        if (group >= 0) _members[group] = _members.GetValueOrDefault(group) + 1;
        foreach ((string name, object? value) in parameters)
        {
            if (!_columns.TryGetValue(name, out LiftColumn? column)) _columns.Add(name, column = new LiftColumn(name));
            column.Add(value, group);
        }
        if (node is not null) _nodes.Add(node, group);
    }

    /// <summary>What stands out in a group, strongest first.</summary>
    /// <param name="group">The group.</param>
    public IReadOnlyList<FailureLift> Of(int group)
    {
        LiftColumn[] columns = [.. _columns.Values, _nodes];
        int trials = _trials ??= columns.Sum(c => c.TrialCount);
        return [.. columns
            .SelectMany(column => Best(column.Statements(group)
                .Select(s => s with { PValue = Math.Min(1, s.UncorrectedPValue * trials) })
                .Where(s => s.PValue <= Level)))
            .OrderBy(s => s.PValue).ThenByDescending(s => s.OddsRatio).ThenBy(s => s.Parameter, StringComparer.Ordinal)
            .Take(MostLifts)];
    }

    /// <summary>What a group has in common, in words.</summary>
    /// <param name="group">The group.</param>
    /// <param name="lifts">What stands out in it.</param>
    public string Common(int group, IReadOnlyList<FailureLift> lifts)
    {
        if (lifts.Count > 0) return string.Join("; ", lifts.Take(2));
        long members = _members.GetValueOrDefault(group);
        if (members == 0) return "";
        if (members == _count) return "every task that ended failed this way";
        return members == 1 ? "a single task" : "nothing stands out";
    }

    // Of one parameter a threshold says all, or else each value that stands out by itself.
    private static IEnumerable<FailureLift> Best(IEnumerable<FailureLift> statements)
    {
        FailureLift[] all = [.. statements.OrderBy(s => s.UncorrectedPValue).ThenByDescending(s => s.OddsRatio).ThenBy(s => s.Comparison)];
        if (all.Length == 0) return [];
        return all[0].Comparison == LiftComparison.Equal ? all.Where(s => s.Comparison == LiftComparison.Equal) : all.Take(1);
    }
}
