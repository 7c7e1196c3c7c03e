using System.Diagnostics;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>The real schedulers and the real sshd that <c>tests/cluster/up</c> has brought up; all tests of this project share them, one at a time.</summary>
public static class TestCluster
{
    private static readonly string s_folder = Environment.GetEnvironmentVariable("HPC_TEST_CLUSTER_DIR") ?? "/tmp/hpc-agent-cluster";
    private static readonly Lazy<JsonElement?> s_facts = new(Read);
    private static readonly Lazy<bool> s_answers = new(Answers);

    /// <summary>What <c>env.json</c> says.</summary>
    public static JsonElement Facts => s_facts.Value ?? throw new InvalidOperationException("no cluster");

    public static string SshConfig => Facts.GetProperty("ssh_config").GetString()!;

    public static string User => Facts.GetProperty("user").GetString()!;

    public static string Home => Facts.GetProperty("home").GetString()!;

    /// <summary>Skips the test, with the reason, where the scheduler is not up.</summary>
    /// <param name="scheduler"><c>slurm</c> or <c>sge</c>.</param>
    public static void Need(string scheduler)
    {
        Skip.If(s_facts.Value is null, $"no cluster is up: run tests/cluster/up as root ({s_folder}/env.json is missing)");
        Skip.IfNot(Facts.GetProperty(scheduler).GetProperty("up").GetBoolean(), $"{scheduler} is not up: run tests/cluster/up {scheduler}");
        Skip.IfNot(Facts.GetProperty("sshd").GetProperty("up").GetBoolean(), "sshd is not up: run tests/cluster/up sshd");
        Skip.IfNot(s_answers.Value, "env.json speaks of a cluster that no longer runs: run tests/cluster/up as root");
        Skip.IfNot(Environment.UserName == "root", "only root can act as the test user");
    }

    /// <summary>Breaks or mends a part of the cluster: the words of <c>tests/cluster/fault</c>.</summary>
    public static async Task FaultAsync(params string[] words)
    {
        (int exit, string output) = await RunAsync(Facts.GetProperty("fault").GetString()!, words);
        Assert.True(exit == 0, $"fault {string.Join(' ', words)}: {output}");
    }

    /// <summary>Mends all that a test has broken.</summary>
    public static async Task MendAsync()
    {
        (int exit, string output) = await RunAsync(Path.Combine(Path.GetDirectoryName(Facts.GetProperty("fault").GetString()!)!, "up"), []);
        Assert.True(exit == 0, $"up: {output}");
    }

    /// <summary>Skips a test that takes minutes, unless they were asked for.</summary>
    public static void NeedTime() =>
        Skip.If(Environment.GetEnvironmentVariable("HPC_SLOW_TESTS") != "1", "it takes minutes: set HPC_SLOW_TESTS=1");

    /// <summary>Connections and executions that sshd has logged so far.</summary>
    public static (int Connections, int Executions) SshCounts()
    {
        int connections = 0;
        int executions = 0;
        using FileStream file = new(Facts.GetProperty("ssh_log").GetString()!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        while (reader.ReadLine() is { } line)
        {
            if (line.Contains("Connection from", StringComparison.Ordinal)) connections++;
            if (line.Contains("Starting session: command for", StringComparison.Ordinal)) executions++;
        }
        return (connections, executions);
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task<bool> BecomesTrueAsync(Func<bool> condition, double seconds = 30)
    {
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed.TotalSeconds < seconds;)
        {
            if (condition()) return true;
            await Task.Delay(50);
        }
        return condition();
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, string[] arguments)
    {
        // Not by pipes: the daemons that are started would hold them open.
        string log = Path.GetTempFileName();
        using Process process = Process.Start("sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log, program, .. arguments])!;
        await process.WaitForExitAsync();
        string output = await File.ReadAllTextAsync(log);
        File.Delete(log);
        return (process.ExitCode, output);
    }

    private static bool Answers()
    {
        using System.Net.Sockets.TcpClient client = new();
        try
        {
            client.Connect("127.0.0.1", Facts.GetProperty("ssh_port").GetInt32());
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static JsonElement? Read()
    {
        string path = Path.Combine(s_folder, "env.json");
        if (!File.Exists(path)) return null;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }
}
