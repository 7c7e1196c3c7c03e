namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>The same run submitted by two processes at once, on one computer and on two.</summary>
[Collection("cluster")]
public sealed class TwoAtOnceTests
{
    private const string SmallArrays = "  constraints: {max_array_size: 3}\n";

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task With_one_state_folder_both_get_the_same_run(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: SmallArrays);
        CountedRun run = new(sandbox, "both");
        Answer[] answers = await Task.WhenAll(run.SubmitAsync(), run.SubmitAsync());
        Assert.All(answers, a => Assert.True(a.IsOk, a.Json.ToString()));
        Assert.Equal(answers[0].RunId, answers[1].RunId);
        Assert.Single(answers, a => a.Data.GetProperty("deduped").GetBoolean());
        await run.AssertHappenedOnceAsync(answers[0], arrays: 2);
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task From_two_computers_under_one_name_one_gets_in_and_the_other_is_told(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox first = new(scheduler, extra: SmallArrays);
        using ClusterSandbox second = new(scheduler, extra: SmallArrays);
        string remote = $"{first.Scratch}/shared";
        CountedRun[] runs = [new(first, "two", runId: "one-name", remotePath: remote), new(second, "two", runId: "one-name", remotePath: remote)];
        Answer[] answers = await Task.WhenAll(runs.Select(r => r.SubmitAsync()));
        int winner = answers[0].IsOk ? 0 : 1;
        Answer refused = answers[1 - winner];
        Assert.True(answers[winner].IsOk, answers[winner].Json.ToString());
        Assert.False(refused.IsOk);
        Assert.Equal("precondition_failed", refused.ErrorCode);
        Assert.Contains("submitted from elsewhere", refused.Message, StringComparison.Ordinal);
        await runs[winner].AssertHappenedOnceAsync(answers[winner], arrays: 2);
        ClusterSandbox loser = winner == 0 ? second : first;
        foreach (string name in loser.JobNames("one-name")) Assert.Empty(await loser.JobIdsAsync(name));
        Assert.False((await runs[1 - winner].SubmitAsync()).IsOk);
    }
}
