using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpcAgent.Benchmarks;

/// <summary>What the way to a far cluster costs: 20 arrays submitted over a link with 50 ms in each direction. Needs tests/cluster/up.</summary>
internal sealed class FarSubmission : IFigure
{
    private const int Arrays = 20;
    private const string Shared = "round trips of submitting 20 arrays, connection open";
    private const string Fresh = "round trips of submitting 20 arrays, new connection";
    private const string SharedTime = "submit 20 arrays, connection open";
    private const string FreshTime = "submit 20 arrays, new connection";
    private const string Original = "4 + 20 connections, as the original makes";

    private static readonly string s_facts = Path.Combine(Environment.GetEnvironmentVariable("HPC_TEST_CLUSTER_DIR") ?? "/tmp/hpc-agent-cluster", "env.json");
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(50);
    private static int s_number;

    public string Name => "far";

    public string About => "Twenty arrays submitted over a link with 50 ms in each direction, in round trips; what a connection costs, and what the original would need.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("50 ms each way", Shared, null, "", 6),
        new("50 ms each way", Fresh, null, ""),
        new("50 ms each way", SharedTime, Original, "s"),
        new("50 ms each way", FreshTime, Original, "s"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        if (!File.Exists(s_facts)) return;
        using JsonDocument facts = JsonDocument.Parse(await File.ReadAllTextAsync(s_facts));
        int port = facts.RootElement.GetProperty("ssh_port").GetInt32();
        string sshConfig = facts.RootElement.GetProperty("ssh_config").GetString()!;
        await using Relay relay = new(port);
        string work = Directory.CreateDirectory(Path.Combine(settings.Work, "far")).FullName;
        string experiment = Directory.CreateDirectory(Path.Combine(work, "experiment")).FullName;
        foreach (bool isShared in new[] { true, false })
        {
            Dictionary<string, string> environment = new(StringComparer.Ordinal)
            {
                ["HPC_JOURNAL_DIR"] = Directory.CreateTempSubdirectory("hpc-far-").FullName,
                ["HPC_CLUSTERS_CONFIG"] = Path.Combine(work, "clusters.yaml"),
                ["HPC_SSH_KEEP_SEC"] = isShared ? "30" : "0",
            };
            await File.WriteAllTextAsync(
                environment["HPC_CLUSTERS_CONFIG"],
                $"far:\n  scheduler: slurm\n  host: hpc-test\n  port: {relay.Port}\n  ssh_config: {sshConfig}\n  ssh_options: {{HostKeyAlias: \"[127.0.0.1]:{port}\"}}\n  scratch: ~/hpc-agent-far\n  constraints: {{max_array_size: 1}}\n");
            relay.Delay = TimeSpan.Zero;
            _ = await SubmitAsync(settings, work, experiment, environment);
            double near = await SubmitAsync(settings, work, experiment, environment);
            relay.Delay = s_delay;
            double far = await SubmitAsync(settings, work, experiment, environment);
            samples.Add(isShared ? SharedTime : FreshTime, far);
            samples.Add(isShared ? Shared : Fresh, (far - near) / (2 * s_delay.TotalSeconds));
            Directory.Delete(environment["HPC_JOURNAL_DIR"], recursive: true);
        }
        string[] once = ["-F", sshConfig, "-p", $"{relay.Port}", "-o", $"HostKeyAlias=[127.0.0.1]:{port}", "hpc-test", "true"];
        double connection = (await Child.RunAsync("ssh", once)).Wall;
        samples.Add(Original, connection * (4 + Arrays));
    }

    // A run of its own each time: the same one would be returned.
    private static async Task<double> SubmitAsync(Settings settings, string work, string experiment, Dictionary<string, string> environment)
    {
        string spec = Path.Combine(work, "spec.json");
        string run = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}");
        await File.WriteAllTextAsync(spec, new JsonObject
        {
            ["cluster"] = "far",
            ["command"] = "true",
            ["tasks"] = TestSite.Tasks(Arrays, run),
            ["walltime"] = "5m",
            ["tasks_per_element"] = 1,
        }.ToJsonString());
        return (await Child.RunAsync(settings.Cli, ["submit-flow", "--spec", spec, "--experiment-dir", experiment], environment)).Wall;
    }
}
