using System.Text;
using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class GridEngineAccountingTests
{
    private static readonly string Line = new('=', 62);

    [Theory]
    [InlineData("0", "0", TaskState.Complete, 0, null)]
    [InlineData("0", "3", TaskState.Failed, 3, null)]
    [InlineData("0", "137", TaskState.Failed, 137, null)] // perhaps a signal: never stated as one
    [InlineData("100 : assumedly after job", "139                  (Segmentation fault)", TaskState.Failed, null, 11)]
    [InlineData("100 : assumedly after job", "137                  (Killed)", TaskState.Failed, null, 9)]
    [InlineData("37  : qmaster enforced h_rt, h_cpu, or h_vmem limit", "137                  (Killed)", TaskState.Timeout, null, 9)]
    [InlineData("25  : rescheduling", "137", TaskState.Pending, null, null)]
    [InlineData("26  : opening input/output file", "0", TaskState.Failed, 0, null)]
    public void The_two_codes_are_read_together(string failed, string status, TaskState state, int? exit, int? signal)
    {
        AccountingEntry entry = Assert.Single(Parse(Record("4", "7", failed, status)));
        Assert.Equal(("4", 7L, state, exit, signal), (entry.JobId, entry.Element, entry.State, entry.ExitCode, entry.Signal));
        Assert.Equal((TimeSpan.FromSeconds(5), "vm", (long)(4.5 * 1024 * 1024)), (entry.Elapsed, entry.Node, entry.PeakMemoryBytes));
    }

    [Theory]
    [InlineData("-l h_rt=5", TaskState.Timeout)]
    [InlineData("-l h_data=50M,h_rt=60,s_rt=30 -pe smp 2", TaskState.OutOfMemory)] // it ended long before its time
    [InlineData("-l h_vmem=4M", TaskState.OutOfMemory)]
    [InlineData("-l h_vmem=4G", TaskState.Timeout)]
    public void The_code_for_time_or_memory_is_told_apart_by_what_was_asked(string category, TaskState state) =>
        Assert.Equal(state, Assert.Single(Parse(Record("4", "1", "37  : qmaster enforced h_rt, h_cpu, or h_vmem limit", "137") + "category     " + category + "\n")).State);

    [Fact]
    public void The_last_record_of_an_element_counts()
    {
        IReadOnlyList<AccountingEntry> rows = Parse(
            Record("4", "1", "25  : rescheduling", "0") + Record("4", "2", "0", "1") + Record("5", "1", "0", "1") + Record("4", "1", "0", "0"));
        Assert.Equal([("4", 1L, TaskState.Complete), ("4", 2L, TaskState.Failed), ("5", 1L, TaskState.Failed)], rows.Select(r => (r.JobId, r.Element, r.State)));
    }

    [Fact]
    public void Many_arrays_are_read()
    {
        IReadOnlyList<AccountingEntry> rows = Parse(string.Concat(Enumerable.Range(1000, 300).Select(job => Record($"{job}", "1", "0", "0"))));
        Assert.Equal(Enumerable.Range(1000, 300).Select(job => $"{job}"), rows.Select(r => r.JobId));
    }

    [Fact]
    public void A_record_that_names_who_deleted_it_is_cancelled() =>
        Assert.Equal(TaskState.Cancelled, Assert.Single(Parse(Record("4", "1", "100 : assumedly after job", "137") + "deleted_by   me@host\n")).State);

    [SkippableTheory]
    [InlineData("qacct-fail3", TaskState.Failed, 3, null)]
    [InlineData("qacct-segv", TaskState.Failed, null, 11)]
    [InlineData("qacct-kill9", TaskState.Failed, null, 9)]
    [InlineData("qacct-exit100", TaskState.Failed, 100, null)]
    [InlineData("qacct-hrt", TaskState.Timeout, null, 9)]
    [InlineData("qacct-noshell", TaskState.Failed, null, null)]
    [InlineData("qacct-vmem", TaskState.Failed, 2, null)]
    [InlineData("execd-back-qacct", TaskState.NodeFailure, null, null)]
    [InlineData("qacct-by-name", TaskState.Complete, 0, null)]
    public void Real_records_are_read(string name, TaskState state, int? exit, int? signal)
    {
        IReadOnlyList<AccountingEntry> rows = Parse(Sample.Out("sge", name));
        Assert.Equal((state, exit, signal), (rows[0].State, rows[0].ExitCode, rows[0].Signal));
    }

    [Theory]
    [InlineData("Sat Nov 21 04:30:15 2026", "Sat Nov 21 04:32:15 2026", 120.0)]
    [InlineData("11/21/2026 04:30:15.250", "11/21/2026 04:30:16.000", 0.75)]
    [InlineData("Sun Nov  1 04:30:15 2026", "Sun Nov  1 04:30:15 2026", 0.0)]
    [InlineData("Sat Nov 21 04:30:15 2026", "-/-", null)]
    [InlineData("nonsense", "Sat Nov 21 04:30:15 2026", null)]
    public void The_processor_time_and_the_wait_are_read(string submitted, string started, double? seconds)
    {
        AccountingEntry entry = Assert.Single(Parse($"{Line}\njobnumber    4\ntaskid       1\nqsub_time    {submitted}\nstart_time   {started}\nfailed       0\nexit_status  0\nru_wallclock 5s\ncpu          0.250s\n"));
        Assert.Equal(seconds, entry.QueueWait?.TotalSeconds);
        Assert.Equal(started == "-/-" ? null : TimeSpan.FromMilliseconds(250), entry.CpuTime);
    }

    [SkippableFact]
    public async Task Of_a_real_record_of_a_stand_in_only_lines_that_are_read_come_back()
    {
        using StandIn cluster = new();
        string real = Sample.Out("sge", "qacct-hrt");
        await File.WriteAllTextAsync(cluster["record"], real);
        cluster.Program("qacct", $"cat '{cluster["record"]}'");
        (int exit, string output, _) = await cluster.RunAsync(GridEngine.AccountingQuery(["12"], DateTimeOffset.UtcNow));
        Assert.Equal(0, exit);
        Assert.True(output.Length < real.Length / 2, output);
        Assert.Equal(Parse(real), GridEngine.ParseAccounting(Encoding.UTF8.GetBytes(output)));
    }

    [SkippableFact]
    public async Task A_stand_in_for_qacct_that_does_not_know_a_job_is_no_failure()
    {
        using StandIn cluster = new();
        cluster.Program("qacct", $"case $2 in 4) cat '{cluster["record"]}';; *) echo \"error: job id $2 not found\" >&2; exit 1;; esac");
        await File.WriteAllTextAsync(cluster["record"], Record("4", "1", "0", "0"));
        (int exit, string output, _) = await cluster.RunAsync(GridEngine.AccountingQuery(["3", "4", "5"], DateTimeOffset.UtcNow));
        Assert.Equal(0, exit);
        Assert.Equal("4", Assert.Single(GridEngine.ParseAccounting(Encoding.UTF8.GetBytes(output))).JobId);
    }

    [SkippableFact]
    public async Task A_stand_in_for_qacct_that_fails_is_a_failure_whatever_comes_after()
    {
        using StandIn cluster = new();
        cluster.Program("qacct", "case $2 in 3) echo 'error: no accounting file' >&2; exit 1;; *) echo 'error: job id 4 not found' >&2; exit 1;; esac");
        (int exit, string output, _) = await cluster.RunAsync(GridEngine.AccountingQuery(["3", "4"], DateTimeOffset.UtcNow));
        Assert.Equal(1, exit);
        HpcException error = Assert.Throws<HpcException>(() => GridEngine.ParseAccounting(Encoding.UTF8.GetBytes(output)));
        Assert.Contains("no accounting file", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Stand_ins_are_asked_for_the_exact_name_in_queue_and_accounting()
    {
        using StandIn cluster = new();
        cluster.Program("qstat", "printf '%s\\n' '<JB_job_number>7</JB_job_number>' '<JB_name>hpc-a</JB_name>' '<JB_job_number>8</JB_job_number>' '<JB_name>hpc-ab</JB_name>'");
        cluster.Program("qacct", "printf '%s\\n' 'jobname      hpc-a   ' 'jobnumber    5   ' 'jobname      hpc-ab' 'jobnumber    6'");
        (int exit, string output, _) = await cluster.RunAsync(GridEngine.FindByNameQuery("hpc-a", DateTimeOffset.UtcNow));
        Assert.Equal((0, "5\n7\n"), (exit, output));
        cluster.Program("qacct", "echo 'error: job name hpc-a not found' >&2; exit 1");
        (exit, output, _) = await cluster.RunAsync(GridEngine.FindByNameQuery("hpc-a", DateTimeOffset.UtcNow));
        Assert.Equal((0, "7\n"), (exit, output));
        cluster.Program("qstat", "echo 'error: commlib error: got select error (Connection refused)' >&2; exit 1");
        (exit, output, _) = await cluster.RunAsync(GridEngine.FindByNameQuery("hpc-a", DateTimeOffset.UtcNow));
        Assert.Equal(1, exit);
        Assert.Equal("", output.Trim());
    }

    [SkippableFact]
    public async Task A_stand_in_for_qdel_that_does_not_know_a_job_is_no_failure()
    {
        using StandIn cluster = new();
        cluster.Program("qdel", $"echo \"$@\" >> '{cluster["argv"]}'\ncase $1 in 3) echo 'denied: job \"3\" does not exist'; exit 1;; esac");
        (int exit, _, _) = await cluster.RunAsync(GridEngine.RenderCancel(["5", "3", "4"]));
        Assert.Equal(0, exit);
        Assert.Equal(["5", "3", "4"], cluster.Recorded);
        Assert.Equal(0, (await cluster.RunAsync(GridEngine.RenderCancel([]))).Exit);
    }

    private static string Record(string job, string task, string failed, string status) =>
        $"{Line}\nqname        all.q               \nhostname     vm                  \njobnumber    {job}                   \ntaskid       {task}                   \n"
        + $"start_time   Sat Nov 21 04:30:15 2026\nfailed       {failed}    \nexit_status  {status}                   \nru_wallclock 5s\nmaxvmem      4.500MB\n";

    private static IReadOnlyList<AccountingEntry> Parse(string text) => GridEngine.ParseAccounting(Encoding.UTF8.GetBytes(Sample.Framed(text)));
}
