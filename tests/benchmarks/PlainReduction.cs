using HpcAgent.Engine.Aggregation;
using HpcAgent.Kernels;

namespace HpcAgent.Benchmarks;

/// <summary>
/// The whole of a reduction of packed records with sums of doubles in place of exact ones: the same files, ranges, lines, reader, digest and
/// threads. What it takes less is what exactness costs. Its sums depend on the order in which threads come.
/// </summary>
internal sealed class PlainReduction
{
    private readonly PackedFiles _files;
    private readonly int[] _groupOf;
    private readonly double[,,] _sums = new double[ReduceData.GroupCount, 16, 6];
    private int _next = -1;

    private PlainReduction(PackedFiles files, int[] groupOf)
    {
        _files = files;
        _groupOf = groupOf;
    }

    /// <summary>Reduces a file, and gives the mean of the first metric in the first group.</summary>
    public static double Run(string path, int[] groupOf)
    {
        using PackedFiles files = PackedFiles.Open([path]);
        PlainReduction reduction = new(files, groupOf);
        ReductionWorker[] workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new ReductionWorker(0, keepsValues: false))];
        Parallel.For(0, workers.Length, i => reduction.Work(workers[i]));
        return reduction._sums[0, 0, 1] / reduction._sums[0, 0, 0];
    }

    private void Work(ReductionWorker worker)
    {
        double[,,] sums = new double[ReduceData.GroupCount, 16, 6];
        for (int i = Interlocked.Increment(ref _next); i < _files.Ranges.Count; i = Interlocked.Increment(ref _next))
        {
            PackedLines lines = new(_files, worker, _files.Ranges[i], 1 << 20);
            while (lines.MoveNext())
            {
                if (!PackedRecord.TrySplit(lines.Current, out long task, out int start, out int length)) throw new InvalidOperationException($"line at {lines.Offset}");
                ReadOnlySpan<byte> metrics = lines.Current.Slice(start, length);
                if (!worker.Reader.TryRead(metrics, out _)) throw new InvalidOperationException($"record {task}");
                Add(sums, _groupOf[task], worker.Reader);
                worker.Digest.Add(task, metrics);
            }
        }
        lock (_sums)
        {
            for (int g = 0; g < sums.GetLength(0); g++)
                for (int m = 0; m < sums.GetLength(1); m++)
                    for (int s = 0; s < sums.GetLength(2); s++) _sums[g, m, s] += sums[g, m, s];
        }
    }

    // Σw, Σwx, Σwx², Σw², smallest and largest: what the exact reduction gives too.
    private static void Add(double[,,] sums, int group, MetricsReader reader)
    {
        double weight = reader.Weight;
        foreach (ref readonly MetricValue value in reader.Values)
        {
            double number = value.Value;
            sums[group, value.Metric, 0] += weight;
            sums[group, value.Metric, 1] += weight * number;
            sums[group, value.Metric, 2] += weight * number * number;
            sums[group, value.Metric, 3] += weight * weight;
            sums[group, value.Metric, 4] = Math.Min(sums[group, value.Metric, 4], number);
            sums[group, value.Metric, 5] = Math.Max(sums[group, value.Metric, 5], number);
        }
    }
}
