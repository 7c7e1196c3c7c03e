using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HpcAgent.Benchmarks;

/// <summary>What a process took.</summary>
/// <param name="Wall">Seconds from its start to its end.</param>
/// <param name="FirstByte">Seconds from its start to the first byte on its standard output.</param>
/// <param name="PeakBytes">The largest resident memory seen; 0 if it was not watched or cannot be read here.</param>
/// <param name="Output">Its standard output.</param>
internal sealed record Measured(double Wall, double FirstByte, long PeakBytes, string Output);

/// <summary>Runs a program and measures it.</summary>
internal static class Child
{
    public static async Task<Measured> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, bool watchMemory = false)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
        using CancellationTokenSource ended = new();
        Task<long> memory = watchMemory ? WatchAsync(process.Id, ended.Token) : Task.FromResult(0L);
        Stream output = process.StandardOutput.BaseStream;
        using MemoryStream text = new();
        byte[] buffer = new byte[65536];
        double first = 0;
        for (int read; (read = await output.ReadAsync(buffer)) > 0;)
        {
            if (text.Length == 0) first = Stopwatch.GetElapsedTime(began).TotalSeconds;
            text.Write(buffer, 0, read);
        }
        await process.WaitForExitAsync();
        double wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await ended.CancelAsync();
        string all = Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {all}");
        return new Measured(wall, first == 0 ? wall : first, await memory, all);
    }

    // The kernel keeps the highest mark, so that looking now and then misses little. (The mark that wait4 gives cannot be used: a child
    // made by vfork, as here, starts with its parent's.)
    private static async Task<long> WatchAsync(int pid, CancellationToken ended)
    {
        long peak = 0;
        while (!ended.IsCancellationRequested)
        {
            peak = Math.Max(peak, OwnMemory.PeakBytes(pid.ToString(CultureInfo.InvariantCulture)));
            await Task.Delay(5, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return peak;
    }
}
