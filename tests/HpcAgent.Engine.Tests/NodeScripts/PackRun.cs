using System.Diagnostics;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>The results of a run in a place with an awkward name, and the script that packs them.</summary>
internal sealed class PackRun : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="taskCount">The tasks of the run.</param>
    /// <param name="tasksPerWave">How many make a wave.</param>
    /// <param name="root">The run's folder; null for one of its own.</param>
    public PackRun(long taskCount, long tasksPerWave = 1000, string? root = null)
    {
        (TaskCount, TasksPerWave) = (taskCount, tasksPerWave);
        Root = root ?? _folder["a $b 'c\" d\\"];
        _ = Directory.CreateDirectory(Path.Combine(Root, "results"));
        _ = Directory.CreateDirectory(Waves);
        foreach (string name in (string[])["pack.sh", "pack.awk"]) File.WriteAllText(Path.Combine(Waves, name), NodeFiles.ReadScript(name));
    }

    public string Root { get; }

    public string Waves => Path.Combine(Root, "waves");

    public long TaskCount { get; }

    public long TasksPerWave { get; }

    public int Limit { get; init; } = AggregationRequest.DefaultMaxRecordBytes;

    public bool HasTemplate { get; init; }

    public bool IsAudit { get; set; }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string PathOf(long task) => Path.Combine(Root, "results", (task / 1000).ToString(CultureInfo.InvariantCulture), task.ToString(CultureInfo.InvariantCulture), "metrics.json");

    public string Write(long task, byte[] content) => Write(PathOf(task), content);

    public string Write(long task, string content) => Write(task, Encoding.UTF8.GetBytes(content));

    public static string Write(string path, byte[] content)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Packs and gives what was printed.</summary>
    /// <param name="shell">The shell, with its arguments.</param>
    /// <param name="awk">The awk, or null for the script's own choice.</param>
    /// <param name="most">How many files may be read.</param>
    public async Task<string> PackAsync(string shell = "sh", string? awk = null, string most = "-")
    {
        ProcessStartInfo start = new(shell.Split(' ')[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            .. shell.Split(' ')[1..], Path.Combine(Waves, "pack.sh"), Root, Number(TaskCount), Number(TasksPerWave), Number(Limit), most, HasTemplate ? "1" : "0", IsAudit ? "1" : "0",
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["HPC_PACK_AWK"] = awk ?? "";
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, await error));
        return output.TrimEnd('\n');

        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    public byte[] Pack(int wave) => File.ReadAllBytes(Path.Combine(Waves, $"{wave}.ndjson"));

    public string Text(int wave) => Encoding.UTF8.GetString(Pack(wave));

    /// <summary>All packs, as a client would read them.</summary>
    public PackedResults Packs() => new([.. Directory.GetFiles(Waves, "*.ndjson").Order(StringComparer.Ordinal)]);

    public static IReadOnlyList<PackedWave> Read(string printed) => [.. WaveExchange.Waves(printed)];

    public IEnumerable<string> Leftovers() => Directory.GetFiles(Waves, ".*").Select(Path.GetFileName)!;

    public void Dispose() => _folder.Dispose();
}
