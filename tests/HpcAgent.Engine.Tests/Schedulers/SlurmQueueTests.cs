using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class SlurmQueueTests
{
    [Fact]
    public void Waiting_elements_stay_intervals_and_names_may_hold_anything()
    {
        IReadOnlyList<QueueEntry> queue = Slurm.ParseQueue(Sample.Framed(
            """
            18~5-20%4~PENDING~JobArrayTaskLimit~hpc-a
            18~1~RUNNING~None~hpc-a
            20~N/A~PENDING~ReqNodeNotAvail, UnavailableNodes:n2~a|b ~ c
            26~1-5~PENDING~JobHeldUser~held
            27~1-1000000000~PENDING~launch failed requeued held~big
            """.Replace('~', '\u001f')));
        Assert.Equal(
            [
                new QueueEntry("18", "hpc-a", 5, 20, 1, TaskState.Pending, "PENDING", "JobArrayTaskLimit"),
                new QueueEntry("18", "hpc-a", 1, 1, 1, TaskState.Running, "RUNNING"),
                new QueueEntry("20", "a|b \u001f c", 0, 0, 1, TaskState.Pending, "PENDING", "ReqNodeNotAvail, UnavailableNodes:n2"),
                new QueueEntry("26", "held", 1, 5, 1, TaskState.Held, "PENDING", "JobHeldUser"),
                new QueueEntry("27", "big", 1, 1_000_000_000, 1, TaskState.Held, "PENDING", "launch failed requeued held"),
            ],
            queue);
    }

    [Fact]
    public void A_list_that_was_cut_says_that_there_are_more()
    {
        IReadOnlyList<QueueEntry> queue = Slurm.ParseQueue(Sample.Framed("54\u001f2-3,5,7...%3\u001fPENDING\u001fPriority\u001fx"));
        Assert.Equal([(2L, 3L), (5L, 5L), (0L, 0L)], queue.Select(e => (e.FirstElement, e.LastElement)));
    }

    [Fact]
    public void A_name_with_a_line_break_and_a_cluster_behind_the_id_do_no_harm()
    {
        IReadOnlyList<QueueEntry> queue = Slurm.ParseQueue(Sample.Framed("12;east\u001f3\u001fCOMPLETING\u001fNone\u001fa\nb\n13\u001f3\u001fSUSPENDED\u001fNone\u001fc\n"));
        Assert.Equal([("12", TaskState.Running), ("13", TaskState.Running)], queue.Select(e => (e.JobId, e.State)));
    }

    [Theory]
    [InlineData("18\u001f5\u001fRUNNING\u001fNone\u001fx\n")] // cut before the end
    [InlineData("")]
    [InlineData("Welcome to the cluster!\n\nhpc-end 0\n")]
    [InlineData("\nhpc-end x\n")]
    public void What_is_no_whole_list_is_an_error_and_no_empty_queue(string output) =>
        Assert.Equal(ErrorCode.RemoteCommandFailed, Assert.Throws<HpcException>(() => Slurm.ParseQueue(output)).Code);

    [Fact]
    public void An_empty_queue_is_empty() => Assert.Empty(Slurm.ParseQueue(Sample.Framed("")));

    [Fact]
    public void A_query_that_failed_is_explained_in_the_schedulers_words()
    {
        HpcException error = Assert.Throws<HpcException>(() => Slurm.ParseQueue(
            Sample.Framed("slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n", 1)));
        Assert.Equal(ErrorCode.ClusterTimeout, error.Code);
        Assert.Contains("Unable to contact slurm controller", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_real_queue_is_read()
    {
        // The sample's columns: %i|%F|%K|%T|%t|%r|%j|...; one of its names holds the separator.
        IEnumerable<string> rows = Sample.Out("slurm", "squeue-fmt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|')).Select(f => string.Join('\u001f', f[1], f[2], f[3], f[5], f[6]));
        IReadOnlyList<QueueEntry> queue = Slurm.ParseQueue(Sample.Framed(string.Join('\n', rows)));
        Assert.Equal(26 + 2, queue.Count); // 19_[7,9,11%2] is three intervals
        Assert.Equal([7, 9, 11], queue.Where(e => e.JobId == "19" && e.State == TaskState.Pending).Select(e => e.FirstElement));
        Assert.Equal(["32", "26"], queue.Where(e => e.State == TaskState.Held).Select(e => e.JobId));
        Assert.Equal(12, queue.Count(e => e.State == TaskState.Running));
    }

    [SkippableFact]
    public async Task A_stand_in_for_squeue_is_asked_for_whole_lists_of_ones_own_jobs()
    {
        using StandIn cluster = new();
        cluster.Program("squeue", $"printf '%s\\n' \"$@\" \"$SLURM_BITSTR_LEN\" > '{cluster["argv"]}'\nprintf '7\\0371-3\\037PENDING\\037None\\037n\\n'");
        (int exit, string output, _) = await cluster.RunAsync(Slurm.QueueQuery);
        Assert.Equal(0, exit);
        Assert.Equal("7", Assert.Single(Slurm.ParseQueue(output)).JobId);
        Assert.Equal(["-h", "-u", Environment.UserName, "-o", "%F\u001f%K\u001f%T\u001f%r\u001f%j", "0"], cluster.Recorded);
    }

    [SkippableFact]
    public async Task A_stand_in_that_fails_gives_its_status_and_its_words()
    {
        using StandIn cluster = new();
        cluster.Program("squeue", "echo 'slurm_load_jobs error: Socket timed out on send/recv operation' >&2; exit 1");
        (int exit, string output, _) = await cluster.RunAsync(Slurm.QueueQuery);
        Assert.Equal(1, exit);
        Assert.Equal(ErrorCode.SchedulerThrottled, Assert.Throws<HpcException>(() => Slurm.ParseQueue(output)).Code);
    }

    [SkippableFact]
    public async Task A_missing_program_names_the_path()
    {
        Skip.If(File.Exists("/usr/bin/squeue"), "Slurm is installed here");
        using StandIn cluster = new();
        (_, string output, _) = await cluster.RunAsync(Slurm.QueueQuery);
        HpcException error = Assert.Throws<HpcException>(() => Slurm.ParseQueue(output));
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Contains("PATH", error.Message, StringComparison.Ordinal);
    }
}
