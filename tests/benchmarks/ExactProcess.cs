using System.Diagnostics;
using System.Globalization;
using HpcAgent.Kernels;

namespace HpcAgent.Benchmarks;

/// <summary>Sums of doubles in memory, for <see cref="ExactCost"/>, each after a first pass that does not count.</summary>
internal static class ExactProcess
{
    public static void Run()
    {
        double[] values = new double[10_000_000];
        Random random = new(1);
        for (int i = 0; i < values.Length; i++) values[i] = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 9));
        Func<double>[] ways = [() => Exact(values), () => Plain(values)];
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
}
