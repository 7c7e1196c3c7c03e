using System.Globalization;
using System.Numerics;
using System.Text;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Kernels;
using HpcAgent.Kernels.Tests;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>What must come out of a random run: worked out from what the test knows, with fractions of big integers, and nothing of the code under test but one hash.</summary>
internal static class Oracle
{
    public static readonly double[] Probabilities = [0, 0.05, 0.37, 0.975];

    /// <summary>The aggregate of those tasks that are named, without problems.</summary>
    public static Aggregate Aggregate(RunCase run, IReadOnlySet<long> present)
    {
        long[] used = [.. present.Where(id => run.Tasks[(int)id].Leaves is not null).Order()];
        return new Aggregate
        {
            RunId = "",
            CmdSha = "",
            IdentitySha = "",
            GroupBy = run.GroupBy,
            TaskCount = run.Tasks.Count,
            UsedCount = used.Length,
            InputDigest = Digest(run, used),
            MissingTaskIds = [.. Enumerable.Range(0, run.Tasks.Count).Select(id => (long)id).Except(used).Order()],
            Groups = [.. Groups(run).Select(group => Group(run, group, used))],
        };
    }

    /// <summary>The tasks about which something must be told.</summary>
    public static long[] Problems(RunCase run, IReadOnlySet<long> present) =>
        [.. present.Where(id => run.Tasks[(int)id] is var task && (task.Leaves is null ? task.Junk is not null : task.Weight is { } text && !IsWeight(text))).Order()];

    /// <summary>The tasks by group, in the order of each group's first task.</summary>
    public static IEnumerable<long[]> Groups(RunCase run) => Enumerable.Range(0, run.Tasks.Count)
        .GroupBy(id => string.Join('|', run.GroupBy.Select(name => run.Tasks[id].Parameters[name]).Select(v => string.Create(CultureInfo.InvariantCulture, $"{v?.GetType()}:{v}"))))
        .Select(group => group.Select(id => (long)id).ToArray());

    private static AggregateGroup Group(RunCase run, long[] ids, long[] used)
    {
        TaskCase[] tasks = [.. ids.Intersect(used).Select(id => run.Tasks[(int)id])];
        return new AggregateGroup
        {
            Key = run.GroupBy.ToDictionary(name => name, name => run.Tasks[(int)ids[0]].Parameters[name], StringComparer.Ordinal),
            TaskCount = ids.Length,
            MissingCount = ids.Length - tasks.Length,
            Metrics = [.. tasks.SelectMany(t => t.Leaves!).Select(l => l.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => Metric(name, tasks))],
        };
    }

    private static MetricSummary Metric(string name, TaskCase[] tasks)
    {
        (LeafCase Leaf, Exact Weight)[] all = [.. tasks.SelectMany(task => task.Leaves!.Where(l => l.Name == name).Select(leaf => (leaf, WeightOf(task.Weight))))];
        (LeafCase Leaf, Exact Weight)[] numbers = [.. all.Where(p => p.Leaf.Kind == MetricKind.Number)];
        MetricSummary counts = new()
        {
            Name = name,
            Count = numbers.Length,
            MissingCount = tasks.Length - all.Length,
            NaNCount = all.Count(p => p.Leaf.Kind == MetricKind.NaN),
            InfiniteCount = all.Count(p => p.Leaf.Kind == MetricKind.Infinite),
            TextCount = all.Count(p => p.Leaf.Kind == MetricKind.Text),
            NullCount = all.Count(p => p.Leaf.Kind == MetricKind.Null),
        };
        if (numbers.Length == 0) return counts;
        double[] doubles = [.. numbers.Select(p => double.Parse(p.Leaf.Json, CultureInfo.InvariantCulture))];
        doubles = [.. doubles.OrderBy(d => d).ThenBy(d => double.IsNegative(d) ? 0 : 1)];
        return Moments(counts, [.. numbers.Select(p => DecimalText.ValueOf(p.Leaf.Json))], [.. numbers.Select(p => p.Weight)]) with
        {
            Min = doubles[0],
            Max = doubles[^1],
            Median = Quantile(doubles, 0.5),
            Quantiles = new SortedDictionary<double, double>(Probabilities.ToDictionary(p => p, p => Quantile(doubles, p))),
        };
    }

    // In whole units of a power of ten, and about the mean, not by sums of squares as the code does.
    private static MetricSummary Moments(MetricSummary counts, Exact[] values, Exact[] weights)
    {
        (BigInteger[] x, BigInteger unit) = Whole(values);
        (BigInteger[] w, BigInteger weightUnit) = Whole(weights);
        BigInteger weight = Sum(w), sum = Sum(x.Zip(w, (a, b) => a * b)), squaredWeight = Sum(w.Select(b => b * b));
        MetricSummary summary = counts with { Weight = new Exact(weight, weightUnit).Nearest(), Sum = new Exact(sum, unit * weightUnit).Nearest() };
        if (weight.IsZero) return summary;
        summary = summary with { Mean = new Exact(sum, weight * unit).Nearest() };
        BigInteger freedom = (weight * weight) - squaredWeight;
        if (freedom.IsZero) return summary;
        BigInteger spread = Sum(x.Zip(w, (a, b) => b * BigInteger.Pow((a * weight) - sum, 2)));
        Exact variance = new(spread, weight * freedom * unit * unit);
        return summary with
        {
            Variance = variance.Nearest(),
            StandardDeviation = variance.NearestRoot(),
            StandardError = (variance * new Exact(squaredWeight, weight * weight)).NearestRoot(),
        };
    }

    private static (BigInteger[] Integers, BigInteger Unit) Whole(Exact[] decimals)
    {
        // Every denominator is a power of ten.
        BigInteger unit = decimals.Max(d => d.Denominator);
        return ([.. decimals.Select(d => d.Numerator * (unit / d.Denominator))], unit);
    }

    private static BigInteger Sum(IEnumerable<BigInteger> terms) => terms.Aggregate(BigInteger.Zero, (a, b) => a + b);

    private static double Quantile(double[] sorted, double probability)
    {
        double position = (sorted.Length - 1) * probability, below = sorted[(int)position], rest = position - Math.Floor(position);
        if (rest == 0) return below;
        double above = sorted[(int)position + 1];
        // So that -0 stays itself.
        return BitConverter.DoubleToInt64Bits(below) == BitConverter.DoubleToInt64Bits(above)
            ? below
            : (Exact.Of(below) + (Exact.Of(rest) * (Exact.Of(above) - Exact.Of(below)))).Nearest();
    }

    private static bool IsWeight(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && double.IsFinite(weight) && weight >= 0;

    private static Exact WeightOf(string? text) => text is not null && IsWeight(text) ? DecimalText.ValueOf(text) : new Exact(1, 1);

    // The hash is that of the code, which XxHash64Tests compare with the reference program; what is hashed, and the sum, are not.
    private static string Digest(RunCase run, long[] used)
    {
        BigInteger sum = 0;
        foreach (long id in used)
        {
            string text = Encoding.Latin1.GetString(run.Tasks[(int)id].Content!).Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ').Trim(' ');
            sum += XxHash64.Of(Encoding.Latin1.GetBytes(text), (ulong)id);
        }
        return "sum-xxh64:" + ((ulong)(sum % (BigInteger.One << 64))).ToString("x16", CultureInfo.InvariantCulture);
    }
}
