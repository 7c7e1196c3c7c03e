using System.Numerics;
using HpcAgent.Engine.Tasks;
using HpcAgent.Kernels;

namespace HpcAgent.Engine.Failures;

/// <summary>The values of one parameter, or the nodes, of all tasks that are compared, counted by group.</summary>
internal sealed class LiftColumn(string? parameter)
{
    private const int MostValues = 20_000;
    private const int MostThresholds = 64;
    private const int FewestForThresholds = 3;

    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _groups = [];
    // Instead of the values once there are too many to be anything but numbers along a line.
    private List<(double Number, int Group)>? _wide;
    private bool _isNumeric = true;
    private bool _isWhole = true;
    private long _count;

    /// <summary>Counts a task.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="group">Its group; negative for none.</param>
    public void Add(object? value, int group)
    {
        _count++;
        if (group >= 0) _groups[group] = _groups.GetValueOrDefault(group) + 1;
        double? number = Number(value);
        _isNumeric &= number is not null;
        _isWhole &= value is long;
        if (_wide is not null)
        {
            if (_isNumeric) _wide.Add((number!.Value, group));
            return;
        }
        string text = PlainText.Of(value);
        if (!_values.TryGetValue(text, out Value? known)) _values.Add(text, known = new Value(value, text, number ?? 0));
        known.Add(group);
        if (_values.Count > MostValues) Widen();
    }

    /// <summary>How many statements about this column are tried: the same for all groups, whatever is found.</summary>
    public int TrialCount => _values.Values.Count(v => v.Total >= 2 && v.Total < _count) + (2 * Thresholds().Count);

    /// <summary>All statements that more of the group than of the others fulfil, with their uncorrected probability.</summary>
    /// <param name="group">The group.</param>
    public IEnumerable<FailureLift> Statements(int group)
    {
        long members = _groups.GetValueOrDefault(group);
        if (members < 2 || members == _count) yield break;
        foreach (Value value in _values.Values)
        {
            if (value.Total >= 2 && Judge(value.Of(group), value.Total, members, value.Raw, value.Text, LiftComparison.Equal) is { } lift) yield return lift;
        }
        foreach (FailureLift lift in AlongTheLine(group, members)) yield return lift;
    }

    // From the lowest value up: of those below a threshold so many are in the group, of those above it the rest.
    private IEnumerable<FailureLift> AlongTheLine(int group, long members)
    {
        List<(double Below, double Above)> thresholds = Thresholds();
        if (thresholds.Count == 0) yield break;
        (long inGroup, long inAll) = (0, 0);
        int next = 0;
        foreach ((double number, long of, long all) in Sorted(group))
        {
            for (; next < thresholds.Count && number >= thresholds[next].Above; next++)
            {
                if (Judge(inGroup, inAll, members, Shown(thresholds[next].Below), null, LiftComparison.AtMost) is { } below) yield return below;
                if (Judge(members - inGroup, _count - inAll, members, Shown(thresholds[next].Above), null, LiftComparison.AtLeast) is { } above) yield return above;
            }
            (inGroup, inAll) = (inGroup + of, inAll + all);
        }
    }

    private FailureLift? Judge(long inGroup, long inAll, long members, object? value, string? text, LiftComparison comparison)
    {
        (long others, long inOthers) = (_count - members, inAll - inGroup);
        if (inGroup < 2 || (double)inGroup * others <= (double)inOthers * members) return null;
        double p = FisherExact.UpperTail(inGroup, members - inGroup, inOthers, others - inOthers);
        return new FailureLift
        {
            Parameter = parameter,
            Comparison = comparison,
            Value = value,
            ValueText = text ?? PlainText.Of(value),
            GroupMatchCount = inGroup,
            GroupCount = members,
            OtherMatchCount = inOthers,
            OtherCount = others,
            OddsRatio = (inGroup + 0.5) * (others - inOthers + 0.5) / ((members - inGroup + 0.5) * (inOthers + 0.5)),
            UncorrectedPValue = p,
            PValue = p,
        };
    }

    private List<(double Below, double Above)> Thresholds()
    {
        if (!_isNumeric || parameter is null) return [];
        double[] numbers = [.. (_wide is null ? _values.Values.Select(v => v.Number) : _wide.Select(w => w.Number)).Where(double.IsFinite).Distinct().Order()];
        if (numbers.Length < FewestForThresholds) return [];
        int step = Math.Max(1, (numbers.Length - 1 + MostThresholds - 1) / MostThresholds);
        List<(double, double)> thresholds = [];
        for (int i = step; i < numbers.Length; i += step) thresholds.Add((numbers[i - 1], numbers[i]));
        return thresholds;
    }

    private IEnumerable<(double Number, long InGroup, long InAll)> Sorted(int group) => _wide is null
        ? _values.Values.OrderBy(v => v.Number).Select(v => (v.Number, v.Of(group), v.Total))
        : _wide.OrderBy(w => w.Number).Select(w => (w.Number, w.Group == group ? 1L : 0L, 1L));

    private void Widen()
    {
        _wide = [];
        foreach (Value value in _values.Values)
            foreach (int group in value.Tasks()) _wide.Add((value.Number, group));
        if (!_isNumeric) _wide.Clear();
        _values.Clear();
    }

    private object Shown(double number)
    {
        object whole = (long)number;
        return _isWhole ? whole : number;
    }

    private static double? Number(object? value) => value switch
    {
        long whole => whole,
        double real => real,
        BigInteger large => (double)large,
        _ => null,
    };

    private sealed class Value(object? raw, string text, double number)
    {
        private readonly Dictionary<int, long> _groups = [];

        public object? Raw { get; } = raw;

        public string Text { get; } = text;

        public double Number { get; } = number;

        public long Total { get; private set; }

        public void Add(int group)
        {
            Total++;
            if (group >= 0) _groups[group] = _groups.GetValueOrDefault(group) + 1;
        }

        public long Of(int group) => _groups.GetValueOrDefault(group);

        /// <summary>The group of each task that has the value.</summary>
        public IEnumerable<int> Tasks()
        {
            foreach ((int group, long count) in _groups)
                for (long i = 0; i < count; i++) yield return group;
            for (long i = _groups.Values.Sum(); i < Total; i++) yield return -1;
        }
    }
}
