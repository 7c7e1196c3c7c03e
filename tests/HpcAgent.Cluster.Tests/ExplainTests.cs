using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>Why tasks wait, as real schedulers tell it, in the same execution as the look.</summary>
[Collection("cluster")]
public sealed class ExplainTests
{
    [SkippableTheory]
    [InlineData("slurm", "[--hold]", "held by you", "scontrol release")]
    [InlineData("sge", "[-h]", "held", "qrls")]
    public async Task A_held_job_waits_for_a_person(string scheduler, string flags, string words, string remedy)
    {
        JsonElement reason = await ReasonAsync(scheduler, flags);
        AssertReason(reason, words, remedy, isStuck: true);
        Assert.Equal(3, reason.GetProperty("tasks").GetInt64());
    }

    // What a site can never give is refused at submission; this is what its check lets pass.
    [SkippableTheory]
    [InlineData("slurm", "[--partition=down]", "partition is down", "another partition")]
    [InlineData("sge", "[-w, n, -l, mem_free=9999G]", "no host offers now what it asks for", "qalter -w v")]
    public async Task A_job_that_asks_for_what_is_not_there_says_of_what(string scheduler, string flags, string words, string remedy) =>
        AssertReason(await ReasonAsync(scheduler, flags), words, remedy, isStuck: false);

    [SkippableFact]
    public async Task The_start_that_slurm_expects_is_told_in_the_right_time_zone()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        JsonElement reason = await ReasonAsync("slurm", "[--begin=now+2hours]", words: "certain time");
        Assert.InRange(reason.GetProperty("estimated_start").GetDateTimeOffset(), before.AddHours(1.9), before.AddHours(2.2));
    }

    [SkippableFact]
    public async Task A_dependency_that_slurm_can_never_fulfil_is_stuck_and_names_the_other_job()
    {
        TestCluster.Need("slurm");
        string other = (await ClusterSandbox.OnClusterAsync("cd / && sbatch --parsable -o /dev/null --wrap 'sleep 8; exit 3'")).Trim();
        JsonElement reason = await ReasonAsync("slurm", $"[\"--dependency=afterok:{other}\"]", words: "never starts");
        AssertReason(reason, $"afterok:{other}", "Dependency=", isStuck: true);
    }

    [SkippableFact]
    public async Task A_job_in_error_state_tells_the_cause_and_one_that_waits_for_it_names_it()
    {
        TestCluster.Need("sge");
        JsonElement error = await ReasonAsync("sge", "[-S, /no/such/shell]", words: "error state");
        AssertReason(error, "unable to find shell \"/no/such/shell\"", "qmod -cj", isStuck: true);
        string other = (await ClusterSandbox.OnClusterAsync("cd / && echo true | qsub -terse -h -o /dev/null -e /dev/null")).Trim();
        try
        {
            AssertReason(await ReasonAsync("sge", $"[-hold_jid, \"{other}\"]"), $"waits for job {other} to end", $"qstat -j {other}", isStuck: false);
        }
        finally
        {
            _ = await ClusterSandbox.OnClusterAsync($"qdel {other}");
        }
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_run_of_which_nothing_waits_says_so_and_the_question_is_part_of_the_one_execution(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, Way.Ssh, "  ssh_options: [ControlMaster=no, ControlPath=none]\n");
        Answer submitted = await SubmitAsync(sandbox);
        (int connections, int executions) = TestCluster.SshCounts();
        Answer answer = await ExplainAsync(sandbox, submitted.RunId);
        Assert.Equal((connections + 1, executions + 1), TestCluster.SshCounts());
        Assert.InRange(answer.Data.GetProperty("wire").GetProperty("scheduler_queries").GetInt32(), 2, 3);
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);
        Assert.Equal(0, (await ExplainAsync(sandbox, submitted.RunId)).Data.GetProperty("last_status").GetProperty("pending_reasons").GetArrayLength());
    }

    private static async Task<JsonElement> ReasonAsync(string scheduler, string flags, string words = "")
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, Way.Ssh, $"  extra_flags: {flags}\n");
        Answer submitted = await SubmitAsync(sandbox);
        JsonElement reasons = default;
        // The scheduler notes why only after its next round.
        for (int i = 0; i < 60; i++)
        {
            Answer answer = await ExplainAsync(sandbox, submitted.RunId);
            Assert.Equal("in_flight", answer.State);
            reasons = answer.Data.GetProperty("last_status").GetProperty("pending_reasons");
            if (reasons.GetArrayLength() > 0 && IsSettled(reasons[0]) && reasons[0].GetProperty("explanation").GetString()!.Contains(words, StringComparison.Ordinal)) return reasons[0].Clone();
            await Task.Delay(500);
        }
        throw new InvalidOperationException(reasons.ToString());
    }

    private static bool IsSettled(JsonElement reason)
    {
        string text = reason.GetProperty("explanation").GetString()!;
        return !text.Contains("not considered it yet", StringComparison.Ordinal) && !text.Contains("waits for its turn", StringComparison.Ordinal);
    }

    private static async Task<Answer> SubmitAsync(ClusterSandbox sandbox)
    {
        Answer submitted = await sandbox.SubmitAsync(new { cluster = "site", command = "true {i}", tasks = Enumerable.Range(0, 3).Select(i => new { i }), walltime = "5m", tasks_per_element = 1 });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        return submitted;
    }

    private static async Task<Answer> ExplainAsync(ClusterSandbox sandbox, string runId)
    {
        Answer answer = await sandbox.RunAsync("status", "--run-id", runId, "--experiment-dir", sandbox.Experiment, "--explain");
        Assert.True(answer.IsOk, answer.Json.ToString());
        return answer;
    }

    private static void AssertReason(JsonElement reason, string words, string remedy, bool isStuck)
    {
        Assert.Contains(words, reason.GetProperty("explanation").GetString(), StringComparison.Ordinal);
        Assert.Contains(remedy, reason.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Equal(isStuck, reason.GetProperty("is_stuck").GetBoolean());
    }
}
