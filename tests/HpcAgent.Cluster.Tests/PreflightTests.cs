using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>The checks before a submission, on real schedulers and through a real sshd: what is good passes, and what is wrong is named.</summary>
[Collection("cluster")]
public sealed class PreflightTests
{
    private const string Unshared = "  ssh_options: [ControlMaster=no, ControlPath=none]\n";

    [SkippableTheory]
    [InlineData("slurm", "  account: hpc\n  qos: normal\n  default_partition: main\n")]
    [InlineData("sge", "  queue: all.q\n")]
    public async Task A_good_site_passes_everything_in_one_connection_and_one_execution(string scheduler, string entry)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, Way.Ssh, Unshared + entry + "  purge_days: 30\n");
        (int connections, int executions) = TestCluster.SshCounts();
        Answer first = await CheckAsync(sandbox);
        Assert.Equal((connections + 1, executions + 1), TestCluster.SshCounts());
        Assert.Equal((0, true), (first.ExitCode, first.Data.GetProperty("all_ok").GetBoolean()));
        Assert.All(Checks(first), c => Assert.True(State(c) == "passed", c.ToString()));
        string[] names = [.. Checks(first).Select(c => c.GetProperty("name").GetString()!)];
        Assert.Superset(
            new HashSet<string> { "clusters_yaml_parses", "cluster_known", "cluster_config_customized", "ssh_on_path", "ssh_auth_sock", "cluster_tcp_22", "cluster_ssh_echo", "login_shell",
                "posix_programs", "file_transfer_on_path", "scheduler_programs", "scheduler_answers", "accounting_answers", "limits_known", "partition", "scratch_writable", "scratch_space", "purge_age", "clock_skew" },
            names.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("", await ClusterSandbox.OnClusterAsync($"ls -A '{sandbox.Scratch}' 2>/dev/null; ls -A ~ | grep hpc-check"));

        // The answer is kept, and so are the limits: a submission asks for nothing more.
        Answer kept = await CheckAsync(sandbox);
        Assert.Equal((connections + 1, executions + 1), TestCluster.SshCounts());
        Assert.Equal((true, false), (kept.Data.GetProperty("cached").GetBoolean(), first.Data.GetProperty("cached").GetBoolean()));
        Assert.Equal(first.Data.GetProperty("checked_at").GetString(), kept.Data.GetProperty("checked_at").GetString());
        sandbox.Write("code.sh", "true\n");
        Assert.True((await sandbox.SubmitAsync(new { cluster = "site", command = "sh code.sh", tasks = new[] { new { i = 1 } }, walltime = "5m" })).IsOk);
        Assert.Equal((connections + 2, executions + 2), TestCluster.SshCounts());
        _ = await CheckAsync(sandbox, "--force");
        Assert.Equal((connections + 3, executions + 3), TestCluster.SshCounts());
    }

    [SkippableFact]
    public async Task On_a_login_node_nothing_is_said_of_ssh()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm", Way.LoginNode);
        Answer answer = await CheckAsync(sandbox);
        Assert.True(answer.Data.GetProperty("all_ok").GetBoolean(), answer.Json.ToString());
        Assert.DoesNotContain(Checks(answer), c => c.GetProperty("name").GetString()!.Contains("ssh", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_port_where_nobody_listens_is_named_and_the_failure_is_not_kept()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm", Way.Ssh, "  port: 1\n");
        sandbox.Environment["HPC_SSH_NO_BACKOFF"] = "1";
        Answer answer = await CheckAsync(sandbox);
        JsonElement reach = Failed(answer, "cluster_tcp_22");
        Assert.Contains("refuses the connection", Text(reach, "detail"), StringComparison.Ordinal);
        Assert.Contains("port", Text(reach, "remediation"), StringComparison.Ordinal);
        Assert.Equal("skipped", State(Check(answer, "cluster_ssh_echo")));
        Assert.False((await CheckAsync(sandbox)).Data.GetProperty("cached").GetBoolean());
    }

    [SkippableFact]
    public async Task A_key_that_the_host_does_not_know_fails_the_login_and_not_the_way()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        string key = Path.Combine(sandbox.Experiment, "key");
        using (Process make = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])!) await make.WaitForExitAsync();
        Change(sandbox, "IdentityFile", key);
        Answer answer = await CheckAsync(sandbox);
        Assert.Equal("passed", State(Check(answer, "cluster_tcp_22")));
        Assert.Contains("ssh-add", Text(Failed(answer, "cluster_ssh_echo"), "remediation"), StringComparison.Ordinal);
        Assert.Equal("warning", State(Check(answer, "ssh_auth_sock")));
    }

    [SkippableFact]
    public async Task A_host_key_that_nobody_accepted_is_named_and_not_accepted()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        string known = Path.Combine(sandbox.Experiment, "known_hosts");
        Change(sandbox, "UserKnownHostsFile", known);
        Answer answer = await CheckAsync(sandbox);
        Assert.Contains("not accepted the host's key", Text(Failed(answer, "cluster_ssh_echo"), "detail"), StringComparison.Ordinal);
        Assert.False(File.Exists(known));
    }

    [SkippableTheory]
    [InlineData("noisy", "warning", true)]
    [InlineData("nologin", "failed", false)]
    [InlineData("csh", "passed", true)]
    [InlineData("fish", "passed", true)]
    public async Task The_login_shell_is_judged(string user, string state, bool allOk)
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        Rewrite(sandbox, "slurm", $"  host: hpc-test-{user}\n  ssh_config: {TestCluster.SshConfig}\n");
        Answer answer = await CheckAsync(sandbox);
        Assert.Equal((state, allOk), (State(Check(answer, "login_shell")), answer.Data.GetProperty("all_ok").GetBoolean()));
        Assert.Equal("passed", State(Check(answer, "cluster_ssh_echo")));
    }

    [SkippableFact]
    public async Task A_scheduler_that_is_not_on_the_path_is_named_and_not_asked()
    {
        TestCluster.Need("sge");
        using ClusterSandbox sandbox = new("sge", Way.LoginNode);
        // All programs of this machine but one.
        string bin = Directory.CreateDirectory(Path.Combine(sandbox.Experiment, "bin")).FullName;
        foreach (string file in new[] { "/bin", "/usr/bin" }.SelectMany(Directory.EnumerateFiles))
        {
            string link = Path.Combine(bin, Path.GetFileName(file));
            if (Path.GetFileName(file) is not ("qsub" or "timeout") && !Path.Exists(link)) File.CreateSymbolicLink(link, file);
        }
        sandbox.Environment["PATH"] = bin;
        Answer answer = await CheckAsync(sandbox);
        Assert.StartsWith("qsub not on the PATH", Text(Failed(answer, "scheduler_programs"), "detail"), StringComparison.Ordinal);
        Assert.Equal("warning", State(Check(answer, "timeout_program")));
        foreach (string name in new[] { "scheduler_answers", "accounting_answers", "limits_known" }) Assert.Equal("skipped", State(Check(answer, name)));
    }

    [SkippableFact]
    public async Task What_the_entry_names_and_the_site_does_not_have_is_named_with_its_line()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        Rewrite(sandbox, "slurm", $"  host: hpc-test\n  ssh_config: {TestCluster.SshConfig}\n  scratch: /root/x\n  default_partition: mian\n  account: nope\n  qos: tinny\n");
        Answer answer = await CheckAsync(sandbox);
        Assert.Contains("Permission denied", Text(Failed(answer, "scratch_writable"), "detail"), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'main'?", Text(Failed(answer, "partition"), "detail"), StringComparison.Ordinal);
        Assert.Contains("clusters.yaml:6", Text(Failed(answer, "partition"), "remediation"), StringComparison.Ordinal);
        Assert.Contains("hpc", Text(Failed(answer, "account"), "remediation"), StringComparison.Ordinal);
        Assert.Contains("tiny", Text(Failed(answer, "qos"), "remediation"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_partition_that_is_down_fails_and_one_of_two_warns()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox down = new("slurm", Way.Ssh, "  default_partition: down\n");
        Assert.Contains("is down", Text(Failed(await CheckAsync(down), "partition"), "detail"), StringComparison.Ordinal);
        using ClusterSandbox both = new("slurm", Way.Ssh, "  default_partition: \"main,down\"\n");
        Answer answer = await CheckAsync(both);
        Assert.Equal(("warning", true), (State(Check(answer, "partition")), answer.Data.GetProperty("all_ok").GetBoolean()));
    }

    [SkippableTheory]
    [InlineData("slurm", Way.Ssh)]
    [InlineData("sge", Way.Ssh)]
    [InlineData("slurm", Way.LoginNode)]
    public async Task A_job_runs_what_tasks_will_run_first(string scheduler, Way way)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox good = new(scheduler, way);
        Assert.False((await CheckAsync(good)).Data.GetProperty("cached").GetBoolean());
        Answer ran = await CheckAsync(good, "--job");
        Assert.Equal(("passed", false), (State(Check(ran, "job")), ran.Data.GetProperty("cached").GetBoolean()));
        Assert.Equal("", await ClusterSandbox.OnClusterAsync($"ls -A '{good.Scratch}'"));
        using ClusterSandbox bad = new(scheduler, way, "  conda_source: /nowhere/conda.sh\n");
        Answer failed = await CheckAsync(bad, "--job");
        Assert.Contains("/nowhere/conda.sh", Text(Failed(failed, "job"), "detail"), StringComparison.Ordinal);
        Assert.Equal("", await ClusterSandbox.OnClusterAsync($"ls -A '{bad.Scratch}'"));
    }

    private static Task<Answer> CheckAsync(ClusterSandbox sandbox, params string[] more) =>
        sandbox.RunAsync(["preflight", "--cluster", "site", "--experiment-dir", sandbox.Experiment, .. more]);

    private static JsonElement.ArrayEnumerator Checks(Answer answer)
    {
        Assert.True(answer.IsOk, answer.Json.ToString());
        return answer.Data.GetProperty("checks").EnumerateArray();
    }

    private static JsonElement Check(Answer answer, string name)
    {
        JsonElement[] found = [.. Checks(answer).Where(c => Text(c, "name") == name)];
        Assert.True(found.Length == 1, string.Create(CultureInfo.InvariantCulture, $"{found.Length} checks named {name}: {answer.Json}"));
        return found[0];
    }

    // A failed check is data: the answer is ok, and the exit code says that something is wrong.
    private static JsonElement Failed(Answer answer, string name)
    {
        JsonElement check = Check(answer, name);
        Assert.True(State(check) == "failed" && !check.GetProperty("ok").GetBoolean(), answer.Json.ToString());
        Assert.Equal((2, false), (answer.ExitCode, answer.Data.GetProperty("all_ok").GetBoolean()));
        return check;
    }

    private static string State(JsonElement check) => Text(check, "state");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    // The test's own ssh configuration, with one setting changed.
    private static void Change(ClusterSandbox sandbox, string setting, string value)
    {
        string config = Path.Combine(sandbox.Experiment, "ssh_config");
        File.WriteAllLines(config, File.ReadLines(TestCluster.SshConfig).Select(line => line.TrimStart().StartsWith(setting + " ", StringComparison.Ordinal) ? $"  {setting} \"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : line));
        Rewrite(sandbox, "slurm", $"  host: hpc-test\n  ssh_config: {JsonSerializer.Serialize(config)}\n");
    }

    private static void Rewrite(ClusterSandbox sandbox, string scheduler, string entry) =>
        File.WriteAllText(sandbox.Environment["HPC_CLUSTERS_CONFIG"], $"site:\n  scheduler: {scheduler}\n{entry}");
}
