using System.Text.Json;

namespace HpcAgent.Benchmarks;

/// <summary>A fresh experiment with a state folder of its own, used through the real command line.</summary>
internal sealed class Experiment : IDisposable
{
    private readonly string _cli;
    private readonly string _root = Directory.CreateTempSubdirectory("hpc-agent-benchmark-").FullName;
    private readonly Dictionary<string, string> _environment;

    public Experiment(string cli, int slots = 2, int lingerSeconds = 3)
    {
        _cli = cli;
        Folder = Directory.CreateDirectory(Path.Combine(_root, "experiment")).FullName;
        _environment = new(StringComparer.Ordinal)
        {
            ["HPC_JOURNAL_DIR"] = Path.Combine(_root, "state"),
            ["HPC_LOCAL_SLOTS"] = $"{slots}",
            ["HPC_LOCAL_LINGER_SEC"] = $"{lingerSeconds}",
        };
        Linger = TimeSpan.FromSeconds(lingerSeconds);
    }

    public string Folder { get; }

    /// <summary>How long the supervisor stays after the last run.</summary>
    public TimeSpan Linger { get; }

    /// <summary>A request that runs a command for every combination of the axes.</summary>
    public static string Spec(string command, IEnumerable<KeyValuePair<string, IEnumerable<int>>> axes)
    {
        string grid = string.Join(',', axes.Select(axis => $"\"{axis.Key}\":[{string.Join(',', axis.Value)}]"));
        return $"{{\"command\":\"{command}\",\"task_generator\":{{\"kind\":\"cartesian_product\",\"params\":{{\"axes\":{{{grid}}}}}}}}}";
    }

    /// <summary>Calls a verb with a request.</summary>
    public async Task<(Measured Measured, JsonElement Data)> CallAsync(string verb, string spec, bool watchMemory = false, params string[] more)
    {
        string file = Path.Combine(_root, "spec.json");
        await File.WriteAllTextAsync(file, spec);
        Measured measured = await Child.RunAsync(
            _cli, [verb, "--experiment-dir", Folder, "--spec", file, .. more], _environment, watchMemory);
        using JsonDocument answer = JsonDocument.Parse(measured.Output);
        return (measured, answer.RootElement.GetProperty("data").Clone());
    }

    /// <summary>Submits, waits for the end, and returns the run's name.</summary>
    public async Task<string> RunAsync(string spec)
    {
        (_, JsonElement submitted) = await CallAsync("submit-flow", spec);
        string run = submitted.GetProperty("run_id").GetString()!;
        (_, JsonElement end) = await CallAsync("monitor-flow", $$"""{"run_id":"{{run}}","poll_interval_seconds":0.05}""");
        string state = end.GetProperty("lifecycle_state").GetString()!;
        return state == "complete" ? run : throw new InvalidOperationException($"run {run} ended as {state}");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
