using System.Diagnostics;
using System.Globalization;
using HpcAgent.Kernels;

namespace HpcAgent.Benchmarks;

/// <summary>Measures <see cref="ExactCost"/> in a fresh process, each after a first pass that does not count.</summary>
internal static class ExactProcess
{
    public static void Run(string path)
    {
        double[] values = new double[10_000_000];
        Random random = new(1);
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 9));
        List<byte[]> records = [.. File.ReadLines(path).Select(line => System.Text.Encoding.UTF8.GetBytes(line[(line.IndexOf("\"metrics\":", StringComparison.Ordinal) + 10)..^1]))];
        Func<double>[] ways = [() => Exact(values), () => Plain(values), () => ExactMoments(records), () => PlainMoments(records)];
        double[] best = [.. ways.Select(Best)];
        Console.WriteLine(string.Join(' ', best.Select(ms => ms.ToString("0.000", CultureInfo.InvariantCulture))));
    }

    private static double Best(Func<double> way)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long began = Stopwatch.GetTimestamp();
            if (double.IsNaN(way())) throw new InvalidOperationException("no number");
            double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (i > 0) best = Math.Min(best, took);
        }
        return best;
    }

    private static double Exact(double[] values)
    {
        ExactSum sum = new();
        sum.Add(values);
        return sum.ToDouble();
    }

    private static double Plain(double[] values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum;
    }

    private static double ExactMoments(List<byte[]> records)
    {
        MetricNames names = new();
        MetricsReader reader = new(names);
        Reduction reduction = new(names, ReduceData.GroupCount, keepsValues: false);
        for (int i = 0; i < records.Count; i++)
        {
            if (!reader.TryRead(records[i], out _)) throw new InvalidOperationException($"record {i}");
            reduction.Add(i % ReduceData.GroupCount, reader);
        }
        return reduction.RecordCount(0);
    }

    private static double PlainMoments(List<byte[]> records)
    {
        MetricNames names = new();
        MetricsReader reader = new(names);
        double[,,] sums = new double[ReduceData.GroupCount, 16, 3];
        for (int i = 0; i < records.Count; i++)
        {
            if (!reader.TryRead(records[i], out _)) throw new InvalidOperationException($"record {i}");
            int group = i % ReduceData.GroupCount;
            double weight = reader.Weight;
            foreach (ref readonly MetricValue value in reader.Values)
            {
                double number = value.Value;
                sums[group, value.Metric, 0] += weight;
                sums[group, value.Metric, 1] += weight * number;
                sums[group, value.Metric, 2] += weight * number * number;
            }
        }
        return sums[0, 0, 1];
    }
}
