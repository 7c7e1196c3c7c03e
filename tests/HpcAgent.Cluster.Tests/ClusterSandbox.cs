using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>How the tests reach a scheduler.</summary>
public enum Way
{
    /// <summary>From another machine, as another user.</summary>
    Ssh,

    /// <summary>Commands are run directly, by the user whose jobs they are.</summary>
    LoginNode,
}

/// <summary>An experiment, a state folder, and a <c>clusters.yaml</c> that names the test cluster <c>site</c>.</summary>
public sealed class ClusterSandbox : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly Way _way;
    private readonly string _scratch;

    /// <param name="scheduler"><c>slurm</c> or <c>sge</c>; the test is skipped if it is not up.</param>
    /// <param name="way">How it is reached.</param>
    /// <param name="extra">Further lines of its entry in <c>clusters.yaml</c>.</param>
    /// <param name="scratchName">The name of the folder on the cluster.</param>
    public ClusterSandbox(string scheduler, Way way = Way.Ssh, string extra = "", string scratchName = "scratch")
    {
        _way = way;
        _scratch = Path.Combine(TestCluster.Home, $"{scratchName}-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]}");
        string host = way == Way.Ssh ? $"  host: hpc-test\n  ssh_config: {TestCluster.SshConfig}\n" : "";
        File.WriteAllText(Config, $"site:\n  scheduler: {scheduler}\n{host}  scratch: \"{_scratch}\"\n  parallel_environment: {(scheduler == "sge" ? "smp" : "null")}\n{extra}");
        Environment["HPC_CLUSTERS_CONFIG"] = Config;
        Environment["HPC_SSH_KEEP_SEC"] = "10";
        Directory.CreateDirectory(_sandbox.State);
        if (way == Way.LoginNode)
        {
            Environment["HOME"] = TestCluster.Home;
            Own(_sandbox.Root);
        }
        else
        {
            // ssh takes its key and known hosts from the file; no agent of ours is asked.
            Environment["SSH_AUTH_SOCK"] = "";
        }
    }

    public Dictionary<string, string> Environment => _sandbox.Environment;

    public string Experiment => _sandbox.Experiment;

    public string State => _sandbox.State;

    /// <summary>The folder on the cluster; both are one machine here.</summary>
    public string Scratch => _scratch;

    private string Config => Path.Combine(_sandbox.Root, "clusters.yaml");

    public void Write(string name, string content)
    {
        _sandbox.Write(name, content);
        if (_way == Way.LoginNode) Own(Experiment);
    }

    /// <summary>Runs a verb as the user who submits.</summary>
    public Task<Answer> RunAsync(params string[] arguments) => _way == Way.Ssh ? _sandbox.RunAsync(arguments) : AsUserAsync(arguments);

    public async Task<Answer> SubmitAsync(object spec)
    {
        string name = $"spec-{Guid.NewGuid():N}.json";
        // Outside of the experiment: it is no part of the code.
        string path = Path.Combine(_sandbox.Root, name);
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(spec));
        if (_way == Way.LoginNode) Own(path);
        return await RunAsync("submit-flow", "--spec", path, "--experiment-dir", Experiment);
    }

    public Task<Answer> StatusAsync(string runId) => RunAsync("status", "--run-id", runId, "--experiment-dir", Experiment);

    /// <summary>Waits until the run has ended, two minutes at most.</summary>
    public Task<Answer> WaitAsync(string runId, int seconds = 110) => RunAsync(
        "monitor-flow", "--run-id", runId, "--experiment-dir", Experiment, "--wall-clock-budget-seconds", seconds.ToString(CultureInfo.InvariantCulture), "--poll-interval-seconds", "1");

    /// <summary>Runs a program as the user on the cluster and gives what it wrote.</summary>
    public static async Task<string> OnClusterAsync(string script)
    {
        ProcessStartInfo start = new("runuser", ["-u", TestCluster.User, "--", "sh", "-c", script]) { RedirectStandardOutput = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    public void Dispose()
    {
        using (Process cancel = Process.Start("sh", ["-c", $"runuser -u {TestCluster.User} -- sh -c 'scancel -u {TestCluster.User}; qdel -u {TestCluster.User}' >/dev/null 2>&1; rm -rf '{_scratch}'"])!) cancel.WaitForExit();
        _sandbox.Dispose();
    }

    private async Task<Answer> AsUserAsync(string[] arguments)
    {
        Own(_sandbox.Root);
        List<string> all = ["-u", TestCluster.User, "--", "env"];
        foreach ((string name, string value) in Environment) all.Add($"{name}={value}");
        all.Add(Sandbox.Cli);
        all.AddRange(arguments);
        (int exit, string output, string error) = await _sandbox.StartAsync("runuser", [.. all]);
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using JsonDocument json = JsonDocument.Parse(line);
        return new Answer(exit, json.RootElement.Clone(), error);
    }

    private static void Own(string path)
    {
        using Process process = Process.Start("chown", ["-R", TestCluster.User, path])!;
        process.WaitForExit();
    }
}
