using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Storage;

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
    private readonly string _scheduler;
    private readonly string _user;
    private readonly string _scratch;

    /// <param name="scheduler"><c>slurm</c> or <c>sge</c>; the test is skipped if it is not up.</param>
    /// <param name="way">How it is reached.</param>
    /// <param name="extra">Further lines of its entry in <c>clusters.yaml</c>.</param>
    /// <param name="scratchName">The name of the folder on the cluster.</param>
    /// <param name="host">The alias of the host; its user's home is where the scratch folder is made.</param>
    /// <param name="sshConfig">Another configuration of ssh than that of the cluster.</param>
    public ClusterSandbox(
        string scheduler, Way way = Way.Ssh, string extra = "", string scratchName = "scratch", string? host = null, string? sshConfig = null)
    {
        (_way, _scheduler) = (way, scheduler);
        // Another user of the test cluster, while someone else works with the first one.
        host ??= System.Environment.GetEnvironmentVariable("HPC_TEST_HOST") ?? "hpc-test";
        _user = TestCluster.User + host["hpc-test".Length..];
        _scratch = Path.Combine(Path.GetDirectoryName(TestCluster.Home)!, _user, $"{scratchName}-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]}");
        string route = way == Way.Ssh ? $"  host: {host}\n  ssh_config: {sshConfig ?? TestCluster.SshConfig}\n" : "";
        string scratch = _scratch.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        File.WriteAllText(Config, $"site:\n  scheduler: {scheduler}\n{route}  scratch: \"{scratch}\"\n  parallel_environment: {(scheduler == "sge" ? "smp" : "null")}\n{extra}");
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

    /// <summary>The user on the cluster.</summary>
    public string User => _user;

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

    public Task<Answer> SubmitAsync(object spec) => SubmitFileAsync(WriteSpec(spec));

    public Task<Answer> SubmitFileAsync(string spec) => RunAsync("submit-flow", "--spec", spec, "--experiment-dir", Experiment);

    /// <summary>Writes a spec outside of the experiment: it is no part of the code.</summary>
    public string WriteSpec(object spec)
    {
        string path = Path.Combine(_sandbox.Root, $"spec-{Guid.NewGuid():N}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(spec));
        if (_way == Way.LoginNode) Own(path);
        return path;
    }

    /// <summary>Submits with a client that kills itself after a step, and gives what it printed.</summary>
    public async Task<string> DieAtAsync(string spec, string step)
    {
        (int exit, string output, string error) = await _sandbox.StartAsync(Sandbox.FaultClient, Experiment, Sandbox.CliFolder, spec, step);
        Assert.True(exit == 137, $"{step}: exit {exit}\n{output}{error}");
        Assert.EndsWith($"step {step}", output.TrimEnd(), StringComparison.Ordinal);
        return output;
    }

    /// <summary>Starts a submission and does not wait for it.</summary>
    public Process StartSubmission(string spec)
    {
        ProcessStartInfo start = new(Sandbox.Cli, ["submit-flow", "--spec", spec, "--experiment-dir", Experiment])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Experiment,
        };
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The engine as the command line sees it.</summary>
    public OperationContext Context() => new(
        Experiment, new StateFolder(new StateEnvironment { JournalDirectory = State }), new SupervisorProgram(Sandbox.CliFolder, "hpc-agent", []), Environment);

    /// <summary>The names that the jobs of a run have, array by array.</summary>
    public IReadOnlyList<string> JobNames(string runId)
    {
        using JsonDocument sidecar = JsonDocument.Parse(File.ReadAllText(Path.Combine(Experiment, ".hpc", "runs", $"{runId}.json")));
        return [.. sidecar.RootElement.GetProperty("tokens").EnumerateArray().Select(t => $"hpc-{t.GetString()}")];
    }

    /// <summary>All ids that the scheduler ever gave to jobs of one name: the truth about how often an array was submitted.</summary>
    public async Task<IReadOnlyList<string>> JobIdsAsync(string jobName)
    {
        string script = _scheduler == "slurm"
            ? $"squeue -h -t all -n {jobName} -o %F; sacct -n -P -X -D -S now-2days --name={jobName} -o JobID | sed 's/_.*//'"
            : $"qstat -u '*' -xml | awk -F '[<>]' '$2 == \"JB_job_number\" {{ i = $3 }} $2 == \"JB_name\" && $3 == \"{jobName}\" {{ print i }}'; qacct -j {jobName} 2>/dev/null | awk '$1 == \"jobnumber\" {{ print $2 }}'";
        string output = await OnClusterAsync(script, _user);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Each array of the run is one job, and the record names it.</summary>
    public async Task AssertEachArrayIsOneJobAsync(Answer submitted, int arrays)
    {
        string[] recorded = [.. submitted.Data.GetProperty("job_ids").EnumerateArray().Select(j => j.GetString()!)];
        IReadOnlyList<string> names = JobNames(submitted.RunId);
        Assert.Equal(arrays, names.Count);
        Assert.Equal(arrays, recorded.Length);
        for (int i = 0; i < names.Count; i++) Assert.Equal(recorded[i], Assert.Single(await JobIdsAsync(names[i])));
    }

    public Task<Answer> StatusAsync(string runId) => RunAsync("status", "--run-id", runId, "--experiment-dir", Experiment);

    /// <summary>The same with all that is known of each task.</summary>
    public Task<Answer> TasksAsync(string runId) => RunAsync("status", "--run-id", runId, "--experiment-dir", Experiment, "--tasks");

    /// <summary>The folder of a run on the cluster.</summary>
    public string RunFolder(string runId) => Path.Combine(Assert.Single(Directory.GetDirectories(_scratch)), ".hpc", "runs", runId);

    /// <summary>Waits until the queue knows no job of the run any more, as the scheduler itself tells it.</summary>
    public async Task AssertLeavesQueueAsync(string runId, int seconds = 30)
    {
        string names = string.Join(_scheduler == "slurm" ? "," : "\\|", JobNames(runId));
        string script = _scheduler == "slurm" ? $"squeue -h -n {names} -o %i" : $"qstat -u '*' -xml | grep -e '>\\({names}\\)<'";
        Assert.True(await BecomesAsync(async () => string.IsNullOrWhiteSpace(await OnClusterAsync(script, _user)), seconds), "it stays in the queue");
    }

    /// <summary>Waits until the accounting knows the ends of so many elements of the run, as the scheduler itself tells it.</summary>
    public async Task AssertIsBookedAsync(string runId, int elements, int seconds = 40)
    {
        IEnumerable<string> names = JobNames(runId);
        string script = _scheduler == "slurm"
            ? $"sacct -n -P -X -S now-1days --name={string.Join(',', names)} -o State | grep -Evc 'RUNNING|PENDING|REQUEUED'"
            : string.Join(';', names.Select(n => $"qacct -j {n} 2>/dev/null | grep '^taskid'")) + " | wc -l";
        Assert.True(
            await BecomesAsync(async () => int.TryParse((await OnClusterAsync(script, _user)).Trim(), CultureInfo.InvariantCulture, out int booked) && booked >= elements, seconds),
            "the accounting does not know it");
    }

    private static async Task<bool> BecomesAsync(Func<Task<bool>> condition, int seconds)
    {
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed.TotalSeconds < seconds; await Task.Delay(200))
            if (await condition()) return true;
        return await condition();
    }

    /// <summary>Waits until the run has ended, two minutes at most.</summary>
    public Task<Answer> WaitAsync(string runId, int seconds = 110) => RunAsync(
        "monitor-flow", "--run-id", runId, "--experiment-dir", Experiment, "--wall-clock-budget-seconds", seconds.ToString(CultureInfo.InvariantCulture), "--poll-interval-seconds", "1");

    /// <summary>Runs a program as the user on the cluster and gives what it wrote.</summary>
    public static async Task<string> OnClusterAsync(string script, string? user = null)
    {
        ProcessStartInfo start = new("runuser", ["-u", user ?? TestCluster.User, "--", "sh", "-c", script]) { RedirectStandardOutput = true, WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    public void Dispose()
    {
        // Only what this sandbox submitted: others use the cluster at the same time.
        string runs = Path.Combine(Experiment, ".hpc", "runs");
        string[] names = [.. (Directory.Exists(runs) ? Directory.GetFiles(runs, "*.json") : []).SelectMany(f => JobNames(Path.GetFileNameWithoutExtension(f)))];
        if (names.Length > 0)
        {
            string cancel = _scheduler == "slurm" ? $"timeout 20 scancel --name={string.Join(',', names)}" : $"timeout 20 qdel {string.Join(' ', names)}";
            using Process process = Process.Start("sh", ["-c", $"runuser -u {_user} -- sh -c '{cancel}' >/dev/null 2>&1"])!;
            process.WaitForExit();
        }
        using (Process remove = Process.Start("rm", ["-rf", _scratch])!) remove.WaitForExit();
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
