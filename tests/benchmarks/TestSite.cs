using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpcAgent.Benchmarks;

/// <summary>The Slurm that <c>tests/cluster/up</c> has brought up, as a user of HpcAgent sees it and as one who types sbatch does.</summary>
internal sealed class TestSite : IDisposable
{
    private static readonly string s_facts = Path.Combine(Environment.GetEnvironmentVariable("HPC_TEST_CLUSTER_DIR") ?? "/tmp/hpc-agent-cluster", "env.json");
    private static int s_number;

    private readonly string _work;
    private readonly string _sshConfig;
    private readonly Settings _settings;

    private TestSite(Settings settings, string name)
    {
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllText(s_facts));
        _settings = settings;
        _sshConfig = facts.RootElement.GetProperty("ssh_config").GetString()!;
        _work = Directory.CreateDirectory(Path.Combine(settings.Work, name)).FullName;
        _ = Directory.CreateDirectory(Experiment);
        ProcessEnvironment["HPC_JOURNAL_DIR"] = Directory.CreateTempSubdirectory("hpc-bench-").FullName;
        ProcessEnvironment["HPC_CLUSTERS_CONFIG"] = Path.Combine(_work, "clusters.yaml");
        ProcessEnvironment["HPC_SSH_KEEP_SEC"] = "60";
        File.WriteAllText(
            ProcessEnvironment["HPC_CLUSTERS_CONFIG"],
            $"site:\n  scheduler: slurm\n  host: hpc-test\n  ssh_config: {_sshConfig}\n  ssh_options: {{ControlPath: {Path.Combine(ProcessEnvironment["HPC_JOURNAL_DIR"], "c")}}}\n  scratch: ~/hpc-agent-bench\n");
    }

    /// <summary>The site, or null if it is not up.</summary>
    public static TestSite? Open(Settings settings, string name) => File.Exists(s_facts) ? new(settings, name) : null;

    public string Experiment => Path.Combine(_work, "experiment");

    private Dictionary<string, string> ProcessEnvironment { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs shell text on the login node, over a connection of its own.</summary>
    public Task<Measured> OnLoginNodeAsync(string text) => Child.RunAsync("ssh", ["-n", "-F", _sshConfig, "hpc-test", text]);

    /// <summary>The folder of a run on the cluster.</summary>
    public async Task<string> FolderAsync(string run) => (await OnLoginNodeAsync($"ls -d ~/hpc-agent-bench/*/.hpc/runs/{run}")).Output.Trim();

    /// <summary>Appends bytes to a file on the cluster, whose folder is made if it is not there.</summary>
    public async Task AppendAsync(string path, byte[] bytes)
    {
        string local = Path.Combine(_work, "appended");
        await File.WriteAllBytesAsync(local, bytes);
        _ = await Child.RunAsync("scp", ["-q", "-F", _sshConfig, local, "hpc-test:hpc-agent-bench/appended"]);
        _ = await OnLoginNodeAsync($"mkdir -p \"$(dirname '{path}')\" && cat ~/hpc-agent-bench/appended >>'{path}' && rm ~/hpc-agent-bench/appended");
    }

    /// <summary>Runs a verb of the command line.</summary>
    public async Task<(Measured Cost, JsonElement Data)> RunAsync(params string[] arguments)
    {
        Measured cost = await Child.RunAsync(_settings.Cli, [.. arguments, "--experiment-dir", Experiment], ProcessEnvironment, watchMemory: true);
        using JsonDocument answer = JsonDocument.Parse(cost.Output);
        return (cost, answer.RootElement.GetProperty("data").Clone());
    }

    /// <summary>Submits that many tasks of <c>true</c>; a run of its own each time, as the same one would be returned.</summary>
    /// <param name="count">How many.</param>
    /// <param name="options">Further fields of the request.</param>
    public async Task<(Measured Cost, JsonElement Data)> SubmitAsync(int count, JsonObject options)
    {
        string spec = Path.Combine(_work, "spec.json");
        string run = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}");
        JsonObject request = options.DeepClone().AsObject();
        request["cluster"] = "site";
        request["command"] = "true";
        request["tasks"] = Tasks(count, run);
        request["walltime"] = "5m";
        request["memory"] = "16M";
        await File.WriteAllTextAsync(spec, request.ToJsonString());
        return await RunAsync("submit-flow", "--spec", spec);
    }

    /// <summary>That many tasks, which no other run has.</summary>
    public static JsonArray Tasks(int count, string run) =>
        new([.. Enumerable.Range(0, count).Select(i => (JsonNode)new JsonObject { ["i"] = i, ["run"] = run })]);

    /// <summary>Waits until the queue knows none of the jobs any more.</summary>
    /// <param name="jobIds">The jobs, separated by commas.</param>
    public async Task WaitAsync(string jobIds) =>
        _ = await OnLoginNodeAsync($"while squeue -h -j {jobIds} -o %i 2>/dev/null | grep -q .; do sleep 0.1; done");

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(ProcessEnvironment["HPC_JOURNAL_DIR"], recursive: true);
}
