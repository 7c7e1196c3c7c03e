using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>Why jobs wait, in plain words.</summary>
public class PendingTests
{
    [Theory]
    [InlineData("None", "not considered", false)]
    [InlineData("Priority", "higher priority", false)]
    [InlineData("Resources", "next in turn", false)]
    [InlineData("JobArrayTaskLimit", "throttle", false)]
    [InlineData("JobHeldUser", "held by you", true)]
    [InlineData("JobHeldAdmin", "administrator", true)]
    [InlineData("launch failed requeued held", "could not be started", true)]
    [InlineData("PartitionDown", "partition is down", false)]
    [InlineData("PartitionTimeLimit", "longer than its partition", true)]
    [InlineData("ReqNodeNotAvail, UnavailableNodes:n[1-3]", "maintenance", false)]
    [InlineData("ReqNodeNotAvail(Unavailable:n2)", "maintenance", false)]
    [InlineData("Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions", "all nodes", false)]
    [InlineData("BadConstraints", "no node can ever", true)]
    [InlineData("QOSMaxJobsPerUserLimit", "its quality of service allows no more running jobs at once for one user", false)]
    [InlineData("QOSMaxCpuPerJobLimit", "more processors than its quality of service allows for one job", true)]
    [InlineData("QOSMaxWallDurationPerJobLimit", "more time than its quality of service allows for one job", true)]
    [InlineData("QOSGrpGRES", "gpus or other generic resources at once for all its users together", false)]
    [InlineData("QOSMaxSubmitJobPerUserLimit", "jobs in the queue", false)]
    [InlineData("AssocGrpCpuLimit", "your account allows no more processors at once for all its users together", false)]
    [InlineData("AssocGrpCPUMinutesLimit", "used up its processor time", false)]
    [InlineData("AssocGrpMemLimit", "memory", false)]
    [InlineData("AssocMaxJobsLimit", "your account allows no more running jobs", false)]
    [InlineData("AssocGrpNodeLimit", "nodes", false)]
    [InlineData("AssocGrpBillingMinutes", "used up", false)]
    [InlineData("SomethingNew", "the scheduler says SomethingNew", false)]
    public void A_reason_of_slurm_is_told_in_plain_words_with_what_would_change_it(string reason, string words, bool isStuck)
    {
        PendingCause cause = Slurm.ExplainPending(Entry(reason), null);
        Assert.Contains(words, cause.Explanation, StringComparison.Ordinal);
        Assert.Equal(isStuck, cause.IsStuck);
        Assert.NotEmpty(cause.Remedy);
        Assert.DoesNotContain("{", cause.Remedy.Replace("@{", "", StringComparison.Ordinal), StringComparison.Ordinal);
        if (cause.Remedy.Contains("scontrol update", StringComparison.Ordinal) || cause.Remedy.Contains("release", StringComparison.Ordinal))
            Assert.Contains("77", cause.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dependency_names_the_other_job_and_one_that_can_never_be_fulfilled_is_stuck()
    {
        PendingDetail detail = new() { Dependency = "afterok:12_*(failed)" };
        PendingCause waits = Slurm.ExplainPending(Entry("Dependency"), detail);
        PendingCause never = Slurm.ExplainPending(Entry("DependencyNeverSatisfied"), detail);
        Assert.False(waits.IsStuck);
        Assert.True(never.IsStuck);
        Assert.Contains("afterok:12_*(failed)", never.Explanation, StringComparison.Ordinal);
        Assert.Contains("never starts", never.Explanation, StringComparison.Ordinal);
        Assert.Contains("scontrol update JobId=77 Dependency=", never.Remedy, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Every_reason_that_a_real_slurm_gave_has_words_of_its_own()
    {
        string[] seen = [.. new[] { "squeue-fmt", "squeue-fmt-r", "squeue-array-fmt", "squeue-array-multi", "squeue-qos-submit", "squeue-partition-down", "squeue-node-dead", "squeue-suspended-draining" }
            .SelectMany(name => Sample.Out("slurm", name).Split('\n'))
            .Where(line => line.Contains("PENDING", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|'))
            .Where(word => word.Length > 4 && char.IsAsciiLetterUpper(word[0]) && word.Any(char.IsAsciiLetterLower) && !word.Contains(':', StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)];
        Assert.Contains("Dependency", seen);
        Assert.Contains("PartitionDown", seen);
        foreach (string reason in seen)
            Assert.False(Slurm.ExplainPending(Entry(reason), null).Explanation.StartsWith("the scheduler says", StringComparison.Ordinal), reason);
    }

    [Fact]
    public void The_expected_start_is_read_in_seconds_and_the_earliest_of_an_array_counts()
    {
        IReadOnlyDictionary<string, PendingDetail> details = Slurm.ParsePending(
            "18~1795235415~(null)\n18~1795235000~(null)\n19~N/A~afterany:18_*(unfulfilled)\n20;east~Unknown~\nnonsense\n".Replace('~', '\u001f'));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795235000), details["18"].EstimatedStart);
        Assert.Equal((null, "afterany:18_*(unfulfilled)"), (details["19"].EstimatedStart, details["19"].Dependency));
        Assert.Null(details["20"].EstimatedStart);
        Assert.Equal(3, details.Count);
    }

    [SkippableTheory]
    [InlineData("qstat-j-hold", "21", "hqw", "it waits for job 4 to end", false)]
    [InlineData("qstat-j-holdad", "22", "hqw", "it waits for job 4 to end", false)]
    [InlineData("qstat-j-impossible", "27", "qw", "no host offers now what it asks for ((-l mem_free=9999G)", false)]
    [InlineData("qstat-j-impossible-pe", "28", "qw", "its parallel environment offers too few slots", false)]
    [InlineData("qstat-j-eqw", "16", "Eqw", "can't open output file \"/nonexistent/dir/\": No such file or directory", true)]
    [InlineData("qstat-j-eqw-array", "17", "Eqw", "in error state and is not started again: can't chdir to /nonexistent: No such file or directory", true)]
    [InlineData("qstat-j-noshell", "18", "Eqw", "unable to find shell \"/no/such/shell\"", true)]
    [InlineData("qstat-j-exit100", "11", "Eqw", "exit_status of job start = 100", true)]
    [InlineData("qstat-j-array", "4", "qw", "as many elements of its array run as the site allows", false)]
    public void What_grid_engine_notes_of_a_job_is_told_in_plain_words(string sample, string job, string letters, string words, bool isStuck)
    {
        PendingDetail detail = Assert.Contains(job, GridEngine.ParsePending(Sample.Out("sge", sample)));
        PendingCause cause = GridEngine.ExplainPending(Row(job, letters), detail);
        Assert.Contains(words, cause.Explanation, StringComparison.Ordinal);
        Assert.Equal(isStuck, cause.IsStuck);
        if (isStuck) Assert.Contains($"qmod -cj {job}", cause.Remedy, StringComparison.Ordinal);
        // Three elements that failed for one reason say it once.
        Assert.Equal(cause.Explanation.LastIndexOf(words, StringComparison.Ordinal), cause.Explanation.IndexOf(words, StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Several_jobs_in_one_answer_are_kept_apart_and_an_answer_about_none_is_empty()
    {
        IReadOnlyDictionary<string, PendingDetail> all = GridEngine.ParsePending(
            string.Concat(new[] { "qstat-j-eqw", "qstat-j-hold", "qstat-j-impossible" }.Select(name => Sample.Out("sge", name))));
        Assert.Equal(["16", "21", "27"], all.Keys.Order(StringComparer.Ordinal));
        Assert.Single(all["16"].Errors);
        Assert.Empty(all["21"].Errors);
        Assert.Equal("4", all["21"].Dependency);
        Assert.Empty(GridEngine.ParsePending(Sample.All("sge", "qstat-j-unknown")));
    }

    [Fact]
    public void A_job_of_which_nothing_is_noted_waits_for_its_turn_and_a_held_one_for_a_person()
    {
        Assert.Contains("waits for its turn", GridEngine.ExplainPending(Row("5", "qw"), null).Explanation, StringComparison.Ordinal);
        PendingCause held = GridEngine.ExplainPending(Row("5", "hqw"), null);
        Assert.True(held.IsStuck);
        Assert.Contains("qrls 5", held.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_question_is_one_command_for_any_number_of_jobs()
    {
        string query = GridEngine.PendingQuery([.. Enumerable.Range(1, 1000).Select(i => $"{i}")]);
        Assert.Contains("qstat -j 1,2,3,", query, StringComparison.Ordinal);
        Assert.DoesNotContain(",21", query, StringComparison.Ordinal);
        Assert.Equal(Slurm.PendingQuery(["1"]), Slurm.PendingQuery(["1", "2"]));
    }

    private static QueueEntry Entry(string reason) =>
        new("77", "hpc-a", 1, 10, 1, reason.Contains("eld", StringComparison.Ordinal) ? TaskState.Held : TaskState.Pending, "PENDING", reason == "None" ? null : reason);

    private static QueueEntry Row(string job, string letters) => new(job, "hpc-a", 1, 3, 1, letters.Contains('q', StringComparison.Ordinal) ? TaskState.Held : TaskState.Pending, letters);
}
