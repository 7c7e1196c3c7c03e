using System.Diagnostics;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>A client that dies while it submits, at a step of its own or while the cluster's side is at work, and the same request again.</summary>
[Collection("cluster")]
public sealed class ClientKillTests
{
    private const string SmallArrays = "  constraints: {max_array_size: 3}\n";
    private static readonly string[] s_steps = ["intent", "sending", "tasks", "sent", "identified", "submitted"];

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Killed_after_any_step_and_repeated_each_array_is_one_job_and_each_task_runs_once(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: SmallArrays);
        List<(string Step, CountedRun Run, Answer Submitted)> runs = [];
        foreach (string step in s_steps)
        {
            CountedRun run = new(sandbox, step);
            string output = await sandbox.DieAtAsync(run.SpecPath, step);
            Assert.Equal(s_steps.TakeWhile(s => s != step).Append(step), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l["step ".Length..]));
            runs.Add((step, run, await run.SubmitWellAsync(step)));
        }
        foreach ((string step, CountedRun run, Answer submitted) in runs) await run.AssertHappenedOnceAsync(submitted, arrays: 2, step);
        Assert.Equal(s_steps.Length, Directory.GetFiles(Path.Combine(sandbox.Experiment, ".hpc", "runs"), "*.json").Length);
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Killed_while_the_cluster_submits_the_repeated_request_waits_for_the_orphan(string scheduler)
    {
        TestCluster.Need(scheduler);
        if (scheduler == "sge") TestCluster.NeedTime();
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, extra: SmallArrays, sshConfig: sshd.Config);
        _ = await new CountedRun(sandbox, "limits", tasks: 1).SubmitWellAsync();
        string program = scheduler == "slurm" ? "sbatch" : "qsub";
        sshd.Replace(program, $"touch \"$0.began\"; sleep 4; exec /usr/bin/{program} \"$@\"");
        CountedRun run = new(sandbox, "orphan");
        using (Process client = sandbox.StartSubmission(run.SpecPath))
        {
            Assert.True(await TestCluster.BecomesTrueAsync(() => sshd.Has($"{program}.began")), "the cluster's side never began");
            client.Kill(entireProcessTree: true);
            await client.WaitForExitAsync();
        }
        Answer submitted = await run.SubmitWellAsync();
        await run.AssertHappenedOnceAsync(submitted, arrays: 2);
    }
}
