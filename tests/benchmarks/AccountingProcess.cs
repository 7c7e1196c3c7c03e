using System.Diagnostics;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Benchmarks;

/// <summary>Reads prepared accounting in a fresh process: the first time, and again when the runtime has compiled it.</summary>
internal static class AccountingProcess
{
    public static void Run(string path)
    {
        IScheduler slurm = SchedulerFactory.Create("slurm");
        long began = Stopwatch.GetTimestamp();
        byte[] buffer = File.ReadAllBytes(path);
        IReadOnlyList<AccountingEntry> entries = slurm.ParseAccounting(buffer);
        double first = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        int count = entries.Count(e => e.State == TaskState.Complete);
        List<double> later = [];
        for (int i = 0; i < 30; i++) later.Add(Again(slurm, path, buffer));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first:0.00} {Samples.Median(later[20..]):0.00} {count} {OwnMemory.PeakBytes()}"));
    }

    /// <summary>Rows as sacct prints them for the product: an attempt and its batch step for each element, the last element of an array first.</summary>
    public static void Make(string path, int rows)
    {
        Random random = new(1);
        const int Elements = 1000;
        StringBuilder text = new();
        for (int at = 0; at < rows / 2; at++)
        {
            (int job, int element) = (4_100_000 + (at / Elements), at % Elements == 0 ? Elements : at % Elements);
            string state = random.Next(100) switch { < 90 => "COMPLETED", < 95 => "FAILED", < 98 => "TIMEOUT", 98 => "OUT_OF_MEMORY", _ => "CANCELLED by 1000" };
            string code = state == "FAILED" ? "1:0" : "0:0";
            (int seconds, int start) = (random.Next(60, 7200), 1_700_000_000 + random.Next(1_000_000));
            string cpu = TimeSpan.FromSeconds(seconds).ToString("c", CultureInfo.InvariantCulture), node = random.Next(300).ToString("'node'000", CultureInfo.InvariantCulture);
            _ = text.Append(CultureInfo.InvariantCulture, $"{job}_{element}|{state}|{code}|{seconds}|{start}||{node}|{start - random.Next(3600)}|{cpu}\n")
                .Append(CultureInfo.InvariantCulture, $"{job}_{element}.batch|{state.Split(' ')[0]}|{code}|{seconds}|{start}|{random.Next(10_000, 10_000_000)}K|{node}|{start}|{cpu}\n");
        }
        File.WriteAllText(path, text.Replace('|', '\u001f').Append("\nhpc-end 0\n").ToString());
    }

    // A process that looks again and again has its buffer.
    private static double Again(IScheduler slurm, string path, byte[] buffer)
    {
        long began = Stopwatch.GetTimestamp();
        using (FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0)) file.ReadExactly(buffer);
        _ = slurm.ParseAccounting(buffer);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
