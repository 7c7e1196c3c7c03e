using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>The real schedulers and the real sshd that <c>tests/cluster/up</c> has brought up; all tests of this project share them, one at a time.</summary>
public static class TestCluster
{
    private static readonly string s_folder = Environment.GetEnvironmentVariable("HPC_TEST_CLUSTER_DIR") ?? "/tmp/hpc-agent-cluster";
    private static readonly Lazy<JsonElement?> s_facts = new(Read);

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
        Skip.IfNot(Environment.UserName == "root", "only root can act as the test user");
    }

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

    private static JsonElement? Read()
    {
        string path = Path.Combine(s_folder, "env.json");
        if (!File.Exists(path)) return null;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }
}
