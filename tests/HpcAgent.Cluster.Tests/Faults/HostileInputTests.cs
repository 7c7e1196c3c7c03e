using System.Text;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>Values, file names, folders, banners and login shells that break naive scripts.</summary>
[Collection("cluster")]
public sealed class HostileInputTests
{
    // As in the tests of the local cluster.
    private static readonly string[] s_values =
    [
        "it's", "say \"hi\"", "a b  c", "a,b;c|d&e", "$(touch pwned)", "`touch pwned`", "$HOME ${PATH} $$ $1", "line\nbreak\n", "\n", "tab\tcr\r\n", "😀 ä 漢字",
        "", " ", "-n", "--help", "%s%d\\n", "\\", "\\'", "'\"'\"'", "*", "?[a-z]", "~", "!x !!", "#no comment", "{v}", "{{v}}", "}{", "a{1..3}b", "\u0001\u007f\u001b[0m", "=", "(", "<>&2", "\u2028\ufeff",
        new string('é', 20000),
    ];

    private static readonly string[] s_names =
        ["line\nbreak", "-rf", "$(touch pwned)", "`touch pwned`", "ä漢字😀", new string('n', 200), "two  spaces", "quote'\"s", "back\\slash", "*", "~", " lead", "trail "];

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Every_value_reaches_its_task_unchanged(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "printf '%s\\0' {v} a{v}b \"c{v}d\" 'e{v}f' > \"$RESULT_DIR/out\"; cat {v:file} > \"$RESULT_DIR/file\"; cp \"$HPC_PARAMS\" \"$RESULT_DIR/params\"; ls -a > \"$RESULT_DIR/code\"",
            tasks = s_values.Select(v => new { v }).ToArray(),
            walltime = "5m",
            memory = "64M",
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Answer end = await sandbox.WaitAsync(submitted.RunId);
        Assert.True(end.State == "complete", end.Json.ToString());
        for (int id = 0; id < s_values.Length; id++)
        {
            string v = s_values[id];
            string results = Results(sandbox, submitted.RunId, id);
            Assert.Equal([v, $"a{v}b", $"c{v}d", $"e{v}f", ""], Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(results, "out"))).Split('\0'));
            Assert.Equal(v, v.Length == 0 ? "" : Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(results, "file"))));
            using JsonDocument parameters = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(results, "params")));
            Assert.Equal(v, parameters.RootElement.GetProperty("v").GetString());
            Assert.DoesNotContain("pwned", File.ReadAllText(Path.Combine(results, "code")), StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(sandbox.Scratch, "pwned", SearchOption.AllDirectories));
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Code_with_hostile_file_names_arrives_in_a_folder_with_a_hostile_name(string scheduler)
    {
        TestCluster.Need(scheduler);
        // Slurm's own output pattern cannot hold a backslash; the product says so, and it is not in this name.
        using ClusterSandbox sandbox = new(scheduler, scratchName: "it's a \"scratch\" $(touch pwned) %j é;&");
        foreach (string name in s_names) sandbox.Write(Path.Combine("sub folder", name), $"content of {name}");
        Answer end = await MainJobAsync(sandbox, "for f in 'sub folder'/*; do cat -- \"$f\"; done > \"$RESULT_DIR/all\"; ls -A 'sub folder' | wc -l > \"$RESULT_DIR/count\"");
        string results = Results(sandbox, end.RunId, 0);
        string all = File.ReadAllText(Path.Combine(results, "all"));
        foreach (string name in s_names) Assert.Contains($"content of {name}", all, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(sandbox.Scratch, "pwned", SearchOption.AllDirectories));
        Assert.False(File.Exists(Path.Combine(TestCluster.Home, "pwned")));
    }

    [SkippableTheory]
    [InlineData("slurm", "noisy")]
    [InlineData("slurm", "csh")]
    [InlineData("slurm", "fish")]
    [InlineData("sge", "noisy")]
    [InlineData("sge", "csh")]
    [InlineData("sge", "fish")]
    public async Task The_main_job_through_another_login_shell(string scheduler, string shell)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, host: TestCluster.Facts.GetProperty("hosts").GetProperty(shell).GetString()!);
        sandbox.Write("code.sh", "true\n");
        Answer end = await MainJobAsync(sandbox, "true");
        Answer logs = await sandbox.RunAsync("logs", "--run-id", end.RunId, "--experiment-dir", sandbox.Experiment, "--task-id", "2");
        Assert.Equal("task 2\n", logs.Data.GetProperty("logs")[0].GetProperty("content").GetString());
    }

    [SkippableFact]
    public async Task A_login_that_runs_nothing_is_told_plainly()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm", host: TestCluster.Facts.GetProperty("hosts").GetProperty("nologin").GetString()!);
        Answer answer = await sandbox.SubmitAsync(new { cluster = "site", command = "true", tasks = new[] { new { i = 1 } } });
        Assert.False(answer.IsOk);
        Assert.NotEqual("internal", answer.ErrorCode);
        Assert.NotEmpty(answer.Remediation);
    }

    private static async Task<Answer> MainJobAsync(ClusterSandbox sandbox, string extra)
    {
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = $"{extra.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)}; echo \"task {{i}}\"; echo \"{{{{\\\"x\\\": {{i}}.5}}}}\" > \"$RESULT_DIR/metrics.json\"",
            tasks = Enumerable.Range(0, 4).Select(i => new { i }).ToArray(),
            walltime = "5m",
            memory = "64M",
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Answer end = await sandbox.WaitAsync(submitted.RunId);
        Assert.True(end.State == "complete", end.Json.ToString());
        Answer aggregate = await sandbox.RunAsync("aggregate-flow", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--dry-run");
        Assert.True(aggregate.IsOk, aggregate.Json.ToString());
        Assert.Equal(
            [0.5, 1.5, 2.5, 3.5],
            aggregate.Data.GetProperty("aggregate").GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("metrics").GetProperty("x").GetProperty("mean").GetDouble()).Order());
        Assert.Equal(4, aggregate.Data.GetProperty("aggregate").GetProperty("used_tasks").GetInt64());
        return submitted;
    }

    // The cluster and the client are one machine here.
    private static string Results(ClusterSandbox sandbox, string runId, int id)
    {
        string experiment = Assert.Single(Directory.GetDirectories(sandbox.Scratch));
        return Path.Combine(experiment, ".hpc", "runs", runId, "results", "0", $"{id}");
    }
}
