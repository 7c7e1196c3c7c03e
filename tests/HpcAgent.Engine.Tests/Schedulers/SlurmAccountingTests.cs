using System.Text;
using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class SlurmAccountingTests
{
    [Fact]
    public void Every_state_of_a_job_is_understood()
    {
        IReadOnlyList<AccountingEntry> rows = Parse(
            """
            12_1|COMPLETED|0:0|61|100||n1
            12_2|FAILED|3:0|5|100||n2
            12_3|FAILED|0:9|5|100||n2
            12_4|CANCELLED by 1000|0:0|5|100||n2
            12_5|TIMEOUT|0:0|79|100||n2
            12_6|OUT_OF_MEMORY|0:125|1|100||n2
            12_7|NODE_FAIL|1:0|264|100||n4
            12_8|PREEMPTED|0:0|9|100||n4
            12_9|BOOT_FAIL|0:0|0|100||n4
            12_10|DEADLINE|0:0|9|100||n4
            12_11|RUNNING|0:0|9|100||n4
            12_12|REQUEUED|0:0|9|100||n4
            12_13|SOMETHING_NEW|0:0|9|100||n4
            12_14|PENDING|0:0|0|Unknown||None assigned
            """);
        Assert.Equal(
            [
                (TaskState.Complete, 0, null), (TaskState.Failed, 3, null), (TaskState.Failed, null, 9), (TaskState.Cancelled, null, null),
                (TaskState.Timeout, null, null), (TaskState.OutOfMemory, null, null), (TaskState.NodeFailure, 1, null), (TaskState.Preempted, null, null),
                (TaskState.NodeFailure, null, null), (TaskState.Timeout, null, null), (TaskState.Running, null, null), (TaskState.Pending, null, null),
                (TaskState.Unknown, null, null), (TaskState.Pending, null, null),
            ],
            rows.Select(r => (r.State, r.ExitCode, r.Signal)));
        Assert.Equal(Enumerable.Range(1, 14).Select(i => (long)i), rows.Select(r => r.Element));
        Assert.Equal(new AccountingEntry("12", 1, TaskState.Complete, "COMPLETED", 0, null, "n1", TimeSpan.FromSeconds(61), null), rows[0]);
        Assert.Equal("CANCELLED by 1000", rows[3].RawState);
        Assert.Null(rows[13].Node);
    }

    [Fact]
    public void The_newest_attempt_counts_with_the_memory_of_its_own_steps()
    {
        IReadOnlyList<AccountingEntry> rows = Parse(
            """
            18_4|COMPLETED|0:0|40|300||n1
            18_4.batch|COMPLETED|0:0|40|300|2996K|n1
            18_4.extern|COMPLETED|0:0|40|300||n1
            18_4.0|COMPLETED|0:0|40|300|1.50M|n1
            18_4|REQUEUED|0:0|9|100||n4
            18_4.batch|CANCELLED|0:15|9|100|9G|n4
            18_5|REQUEUED|0:0|9|100||n4
            18_5.batch|CANCELLED|0:15|9|100|9G|n4
            18_5|PENDING|0:0|0|Unknown||None assigned
            """);
        Assert.Equal([(4L, TaskState.Complete, 2996L * 1024), (5L, TaskState.Pending, null)], rows.Select(r => (r.Element, r.State, r.PeakMemoryBytes)));
    }

    [Fact]
    public void A_step_without_its_job_and_lines_that_are_no_rows_are_passed_over() => Assert.Empty(Parse(
        """
        18_4.batch|COMPLETED|0:0|40|300|2996K|n1
        sacct: warning: something
        18_x|COMPLETED|0:0|40|300||n1
        JobID|State|ExitCode|ElapsedRaw|Start|MaxRSS|NodeList

        """));

    [Fact]
    public void Elements_that_never_started_come_first_as_intervals_and_are_never_expanded()
    {
        IReadOnlyList<AccountingEntry> rows = Parse(
            """
            18_5|RUNNING|0:0|5|100||n1
            18_[5-1000000000:5,7%6]|CANCELLED by 1000|0:0|0|None||None assigned
            18_4+1|COMPLETED|0:0|5|100||n1
            19|FAILED|1:0|5|100||n1
            19+0|COMPLETED|0:0|5|200||n1
            """);
        Assert.Equal([(5L, 1_000_000_000L, 5L), (7, 7, 1), (5, 5, 1), (4, 4, 1), (0, 0, 1)], rows.Select(r => (r.Element, r.LastElement, r.Step)));
        Assert.Equal([TaskState.Cancelled, TaskState.Cancelled, TaskState.Running, TaskState.Complete, TaskState.Complete], rows.Select(r => r.State));
    }

    [Theory]
    [InlineData("00:00.034", 34)]
    [InlineData("01:02.500", 62_500)]
    [InlineData("01:56:42", 7_002_000)]
    [InlineData("2-01:00:00", 176_400_000)]
    [InlineData("", null)]
    [InlineData("INVALID", null)]
    public void The_processor_time_and_the_wait_are_read(string cpu, int? milliseconds)
    {
        AccountingEntry row = Assert.Single(Parse("12_1|COMPLETED|0:0|61|1795263030||n1|1795262930|" + cpu));
        Assert.Equal((milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null, TimeSpan.FromSeconds(100)), (row.CpuTime, row.QueueWait));
        Assert.Null(Assert.Single(Parse("12_1|PENDING|0:0|0|Unknown||None assigned|1795262930|00:00:00")).QueueWait);
    }

    [SkippableFact]
    public void Real_requeues_are_read_in_both_orders()
    {
        // JobID|State|Start|End|ExitCode, with a date instead of seconds: as text of equal width it sorts alike.
        string[][] rows = [.. Sample.Out("slurm", "sacct-requeued-rerun-D").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split('|'))];
        IEnumerable<string> lines = rows.Select(f => string.Join('|', f[0], f[1], f[4], "0", string.Concat(f[2].Where(char.IsAsciiDigit)), "", "n1"));
        Assert.Equal(TaskState.Complete, Assert.Single(Parse(string.Join('\n', lines))).State);
        Assert.Equal(TaskState.Complete, Assert.Single(Parse(string.Join('\n', lines.Reverse()))).State);
    }

    [SkippableFact]
    public void A_real_day_is_read()
    {
        string[][] rows = [.. Sample.Out("slurm", "sacct-all-today").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split('|')).Where(f => f.Length == 19)];
        Assert.True(rows.Length > 50);
        IReadOnlyList<AccountingEntry> entries = Parse(string.Join('\n', rows.Select(f => string.Join('|', f[0], f[5], f[6], f[12], "1", "", f[13]))));
        Assert.DoesNotContain(entries, e => e.State == TaskState.Unknown);
        Assert.Equal(9, entries.Single(e => e.JobId == "9" && e.Element == 0).Signal);
        Assert.Equal(127, entries.Single(e => e.JobId == "8" && e.Element == 0).ExitCode);
        Assert.Equal(TimeSpan.FromSeconds(264), entries.Single(e => e is { JobId: "3", Element: 0 }).Elapsed);
        Assert.Contains(entries, e => e.State == TaskState.OutOfMemory);
    }

    [SkippableFact]
    public void A_real_memory_of_a_step_goes_to_its_job()
    {
        IEnumerable<string> rows = Sample.Out("slurm", "sacct-oom-cgroup-steps").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(l => l.Split('|')).Select(f => string.Join('|', f[0], f[2], f[3], "1", "1", f[6], "n1"));
        IReadOnlyList<AccountingEntry> entries = Parse(string.Join('\n', rows));
        Assert.Equal([2992L * 1024, 3052L * 1024, null, null, null], entries.Select(e => e.PeakMemoryBytes));
        Assert.All(entries, e => Assert.Equal((TaskState.OutOfMemory, null, null), (e.State, e.ExitCode, e.Signal)));
    }

    [SkippableFact]
    public async Task A_stand_in_for_sacct_is_asked_from_a_day_before()
    {
        using StandIn cluster = new();
        cluster.Recorder("sacct", "none");
        cluster.Program("date", "echo 1000000");
        (int exit, string output, _) = await cluster.RunAsync(Slurm.AccountingQuery(["12", "14"], DateTimeOffset.FromUnixTimeSeconds(1_000_000 - (3 * 86_400))));
        Assert.Equal(0, exit);
        Assert.Empty(Slurm.ParseAccounting(Encoding.UTF8.GetBytes(output)));
        Assert.Equal(["-n", "-P", "-D", "--delimiter=\u001f", "-S", "now-5days", "-j", "12,14"], cluster.Recorded[..8]);
    }

    [SkippableTheory]
    [InlineData("echo %s", "now-60days")] // a date without %s
    [InlineData("echo 5", "now-2days")] // a clock behind ours
    public async Task A_stand_in_with_a_poor_clock_still_gets_a_start(string date, string start)
    {
        using StandIn cluster = new();
        cluster.Recorder("sacct", "");
        cluster.Program("date", date);
        await cluster.RunAsync(Slurm.AccountingQuery(["12"], DateTimeOffset.FromUnixTimeSeconds(1_000_000)));
        Assert.Contains(start, cluster.Recorded);
    }

    [Fact]
    public void An_id_that_is_none_never_reaches_a_shell() =>
        Assert.Throws<HpcException>(() => Slurm.AccountingQuery(["12; rm -rf /"], DateTimeOffset.UnixEpoch));

    [SkippableFact]
    public async Task Stand_ins_are_asked_for_a_name_in_queue_and_accounting()
    {
        using StandIn cluster = new();
        cluster.Program("squeue", "echo 41");
        cluster.Program("sacct", "printf '%s\\n' 41_1 '41_[2-9]' 44+0 '45;east'");
        (int exit, string output, _) = await cluster.RunAsync(Slurm.FindByNameQuery("hpc-a", DateTimeOffset.UtcNow));
        Assert.Equal((0, "41\n44\n45\n"), (exit, output));
        cluster.Program("sacct", "echo 'sacct: error: Problem talking to the database' >&2; exit 1");
        (exit, output, _) = await cluster.RunAsync(Slurm.FindByNameQuery("hpc-a", DateTimeOffset.UtcNow));
        Assert.Equal((1, "41\n"), (exit, output)); // what was found stands; that nothing else was found proves nothing
    }

    [SkippableFact]
    public async Task Stand_ins_are_cancelled_one_after_the_other_and_what_has_ended_is_no_error()
    {
        using StandIn cluster = new();
        cluster.Program("scancel", $"echo \"$@\" >> '{cluster["argv"]}'\ncase $1 in 7) echo 'scancel: error: Kill job error on job id 7: Invalid job id specified' >&2; exit 1;; esac");
        (int exit, string output, _) = await cluster.RunAsync(Slurm.RenderCancel(["9", "7", "8"]));
        Assert.Equal((0, ""), (exit, output));
        Assert.Equal(["9", "7", "8"], cluster.Recorded);
        cluster.Program("scancel", "echo 'scancel: error: Kill job error on job id 81: Access/permission denied' >&2; exit 210");
        (exit, output, _) = await cluster.RunAsync(Slurm.RenderCancel(["81"]));
        Assert.Equal(1, exit);
        Assert.Contains("permission denied", output, StringComparison.Ordinal);
    }

    private static IReadOnlyList<AccountingEntry> Parse(string text) =>
        Slurm.ParseAccounting(Encoding.UTF8.GetBytes(Sample.Framed(text.Replace('|', '\u001f'))));
}
