using System.Globalization;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tests.Clusters;
using HpcAgent.Engine.Tests.Runs;

namespace HpcAgent.Engine.Tests.Preflight;

public sealed class BatchPreflightTests : IDisposable
{
    private const string Limits = """

        #hpc-section config
        MaxArraySize = 1001
        SLURM_VERSION = 22.05.8

        #hpc-section partitions
        PartitionName=main Default=YES State=UP MaxTime=UNLIMITED
        PartitionName=old Default=NO State=DOWN MaxTime=UNLIMITED

        #hpc-section assoc
        hpc||normal|normal|||||
        other||normal|normal|||||

        #hpc-section qos
        normal|||||
        """;

    private readonly TempFolder _temp = new();
    private readonly FakeHost _host = new();
    private readonly FakeClock _clock = new();

    public BatchPreflightTests()
    {
        _host.Parts["clock"] = Seconds(0);
        _host.Parts["home"] = "/home/me\n";
        _host.Parts["shell"] = "/bin/bash\n";
        _host.Parts["path"] = "/bin\n";
        _host.Parts["missing"] = "";
        _host.Parts["timeout"] = "/usr/bin/timeout\n";
        _host.Parts["scheduler-missing"] = "";
        _host.Parts["scratch"] = "ok\n/scratch/me\n/scratch/me\n\n";
        _host.Parts["space"] = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a b 100 1 99999999 2% /scratch\n";
        _host.Parts["queue"] = "\nhpc-end 0\n";
        _host.Parts["queue-end"] = "0 3\n";
        _host.Parts["accounting"] = "";
        _host.Parts["accounting-end"] = "0 2\n";
        _host.Parts["limits"] = Limits;
        _host.Parts["limits-end"] = "0 1\n";
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_good_site_passes_all_in_one_execution_and_its_limits_are_kept()
    {
        ClusterCheckup checkup = await LookAsync("scheduler: slurm\nhost: h\naccount: other\nqos: normal\ndefault_partition: main");
        Assert.All(checkup.Checks, c => Assert.True(c.State == ClusterCheckState.Passed, c.ToString()));
        Assert.Single(_host.Scripts);
        Assert.Equal((1, 1, 3), (checkup.Wire.ConnectionCount, checkup.Wire.ExecutionCount, checkup.Wire.SchedulerQueryCount));
        Assert.Equal(TimeSpan.FromSeconds(3), Find(checkup, CheckName.Scheduler).Elapsed);
        SiteLimits kept = Cache.Read(Site("scheduler: slurm\nhost: h\naccount: other\nqos: normal\ndefault_partition: main"))!.Limits;
        Assert.Equal((1000, "/home/me"), (kept.MaxArrayIndex, kept.Home));
        Assert.Equal(["hpc", "other"], kept.Accounts);
    }

    [Theory]
    [InlineData(HostFailureKind.NameNotResolved, ClusterCheckState.Failed, ClusterCheckState.Skipped)]
    [InlineData(HostFailureKind.Refused, ClusterCheckState.Failed, ClusterCheckState.Skipped)]
    [InlineData(HostFailureKind.ConnectTimeout, ClusterCheckState.Failed, ClusterCheckState.Skipped)]
    [InlineData(HostFailureKind.ConnectionReset, ClusterCheckState.Passed, ClusterCheckState.Failed)]
    [InlineData(HostFailureKind.HostKeyChanged, ClusterCheckState.Passed, ClusterCheckState.Failed)]
    [InlineData(HostFailureKind.InteractionNeeded, ClusterCheckState.Passed, ClusterCheckState.Failed)]
    [InlineData(HostFailureKind.Configuration, ClusterCheckState.Skipped, ClusterCheckState.Failed)]
    [InlineData(HostFailureKind.HeldBack, ClusterCheckState.Skipped, ClusterCheckState.Failed)]
    [InlineData(HostFailureKind.Deadline, ClusterCheckState.Passed, ClusterCheckState.Failed)]
    [InlineData(HostFailureKind.LoginShell, ClusterCheckState.Passed, ClusterCheckState.Passed)]
    [InlineData(HostFailureKind.ProgramMissing, ClusterCheckState.Skipped, ClusterCheckState.Skipped)]
    public async Task A_failed_call_says_how_far_it_came(HostFailureKind kind, ClusterCheckState reach, ClusterCheckState login)
    {
        _host.Fail(kind);
        ClusterCheckup checkup = await LookAsync("scheduler: slurm\nhost: h");
        Assert.Equal((reach, login), (Find(checkup, CheckName.Reach).State, Find(checkup, CheckName.Login).State));
        ClusterCheck failed = Assert.Single(checkup.Checks, c => c.State == ClusterCheckState.Failed);
        Assert.Equal(($"it is {kind}", "do this"), (failed.Message, failed.Remediation));
    }

    [Fact]
    public async Task What_the_login_shell_prints_is_a_warning()
    {
        _host.Preface = "Welcome\nto all";
        ClusterCheck check = Find(await LookAsync("scheduler: slurm\nhost: h"), CheckName.LoginShell);
        Assert.Equal(ClusterCheckState.Warning, check.State);
        Assert.Contains("'Welcome to all'", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_programs_are_named_by_what_they_are_for()
    {
        _host.Parts["missing"] = "awk\ngzip\n";
        _host.Parts["timeout"] = "";
        ClusterCheckup checkup = await LookAsync("scheduler: slurm\nhost: h");
        Assert.StartsWith("awk not", Find(checkup, CheckName.Programs).Message, StringComparison.Ordinal);
        Assert.StartsWith("gzip not", Find(checkup, CheckName.FileTransfer).Message, StringComparison.Ordinal);
        Assert.Equal(ClusterCheckState.Warning, Find(checkup, CheckName.Timeout).State);
    }

    [Fact]
    public async Task A_queue_that_cannot_be_read_fails_and_nothing_else_is_judged()
    {
        _host.Parts["queue"] = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n\nhpc-end 1\n";
        foreach (string name in new[] { "accounting", "accounting-end", "limits", "limits-end" }) _host.Parts.Remove(name);
        ClusterCheckup checkup = await LookAsync("scheduler: slurm\nhost: h");
        ClusterCheck check = Find(checkup, CheckName.Scheduler);
        Assert.Equal(ClusterCheckState.Failed, check.State);
        Assert.Contains("Unable to contact", check.Message, StringComparison.Ordinal);
        Assert.Equal(ClusterCheckState.Skipped, Find(checkup, CheckName.Accounting).State);
        Assert.Equal(ClusterCheckState.Skipped, Find(checkup, CheckName.Limits).State);
    }

    [Fact]
    public async Task An_accounting_that_does_not_answer_is_a_warning()
    {
        _host.Parts["accounting"] = "sacct: error: Slurm accounting storage is disabled\n";
        _host.Parts["accounting-end"] = "1 0\n";
        Assert.Equal(ClusterCheckState.Warning, Find(await LookAsync("scheduler: slurm\nhost: h"), CheckName.Accounting).State);
    }

    [Theory]
    [InlineData("default_partition: main", CheckName.Partition, ClusterCheckState.Passed)]
    [InlineData("default_partition: mian", CheckName.Partition, ClusterCheckState.Failed)]
    [InlineData("default_partition: old", CheckName.Partition, ClusterCheckState.Failed)]
    [InlineData("default_partition: 'main,old'", CheckName.Partition, ClusterCheckState.Warning)]
    [InlineData("account: hpc", CheckName.Account, ClusterCheckState.Passed)]
    [InlineData("account: hpd", CheckName.Account, ClusterCheckState.Failed)]
    [InlineData("qos: long", CheckName.Qos, ClusterCheckState.Failed)]
    [InlineData("parallel_environment: smp", CheckName.ParallelEnvironment, ClusterCheckState.Skipped)]
    public async Task What_the_entry_names_is_looked_up(string line, string check, ClusterCheckState state) =>
        Assert.Equal(state, Find(await LookAsync($"scheduler: slurm\nhost: h\n{line}"), check).State);

    [Fact]
    public async Task A_site_that_tells_nothing_is_a_warning_and_what_was_known_stays()
    {
        const string site = "scheduler: slurm\nhost: h\naccount: hpc";
        _ = await LookAsync(site);
        _host.Parts["limits"] = "\n#hpc-section config\n";
        ClusterCheckup checkup = await LookAsync(site);
        Assert.Equal(ClusterCheckState.Warning, Find(checkup, CheckName.Limits).State);
        Assert.Equal(ClusterCheckState.Skipped, Find(checkup, CheckName.Account).State);
        Assert.Equal(1000, Cache.Read(Site(site))!.Limits.MaxArrayIndex);
    }

    [Theory]
    [InlineData(60, ClusterCheckState.Passed)]
    [InlineData(-60, ClusterCheckState.Passed)]
    [InlineData(61, ClusterCheckState.Warning)]
    [InlineData(-3600, ClusterCheckState.Warning)]
    public async Task A_clock_that_is_more_than_a_minute_off_is_a_warning(int seconds, ClusterCheckState state)
    {
        _host.Parts["clock"] = Seconds(seconds);
        Assert.Equal(state, Find(await LookAsync("scheduler: slurm\nhost: h"), CheckName.Clock).State);
    }

    [Fact]
    public void A_slow_call_is_no_skew()
    {
        DateTimeOffset now = _clock.Now;
        Assert.Equal(0, ClusterClock.Ahead(now.ToUnixTimeSeconds() + 100, now, now.AddSeconds(200)));
        Assert.Equal(5, ClusterClock.Ahead(now.ToUnixTimeSeconds() + 205, now, now.AddSeconds(200)));
        Assert.Equal(-5, ClusterClock.Ahead(now.ToUnixTimeSeconds() - 5, now, now.AddSeconds(200)));
    }

    [Theory]
    [InlineData("Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda 10 5 5 50% /\n", 5L * 1024)]
    [InlineData("Filesystem 512-blocks Used Available Capacity Mounted on\nnas:/a b 10 5 4 50% /my files\n", 4L * 512)]
    [InlineData("Filesystem 1024-blocks Used Available Capacity Mounted on\nx 10 15 -5 103% /\n", -5L * 1024)]
    [InlineData("", null)]
    [InlineData("Filesystem 1024-blocks Used Available Capacity Mounted on\n", null)]
    [InlineData("Filesystem\nnonsense\n", null)]
    public void Free_space_is_read_from_df(string df, long? bytes) => Assert.Equal(bytes, DiskFree.Bytes(df)?.Free);

    [Theory]
    [InlineData(99, ClusterCheckState.Warning)]
    [InlineData(0, ClusterCheckState.Failed)]
    public async Task Little_room_warns_and_none_fails(int blocks, ClusterCheckState state)
    {
        _host.Parts["space"] = string.Create(CultureInfo.InvariantCulture, $"Filesystem 1024-blocks Used Available Capacity Mounted on\nx 10 15 {blocks} 99% /\n");
        Assert.Equal(state, Find(await LookAsync("scheduler: slurm\nhost: h"), CheckName.Space).State);
    }

    [Theory]
    [InlineData("x 90000 81000 9000 90% /\n", "", ClusterCheckState.Warning)]
    [InlineData("x 90000 90000 0 100% /\n", "", ClusterCheckState.Failed)]
    [InlineData("x 0 0 0 - /\n", "", ClusterCheckState.Passed)]
    [InlineData("x 90000 10000 80000 10% /\n", "x 1 0 0 79000 80000 80000\n", ClusterCheckState.Warning)]
    public async Task Few_inodes_warn_and_none_fails_and_a_file_system_without_them_is_no_worry(string inodes, string quota, ClusterCheckState state)
    {
        _host.Parts["space"] = "Filesystem 1024-blocks Used Available Capacity Mounted on\nx 10 15 99999999 9% /\n";
        _host.Parts["inodes"] = "Filesystem Inodes IUsed IFree IUse% Mounted on\n" + inodes;
        _host.Parts["quota"] = quota;
        Assert.Equal(state, Find(await LookAsync("scheduler: slurm\nhost: h"), CheckName.Space).State);
        Assert.Equal(quota.Length > 0, Cache.Read(Site("scheduler: slurm\nhost: h"))!.Limits.Room!.IsFilesQuota);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_fails_with_the_systems_words_and_no_job_is_tried()
    {
        _host.Parts["scratch"] = "no\n/scratch/me\n/scratch\nmkdir: Permission denied\n";
        ClusterCheckup checkup = await LookAsync("scheduler: slurm\nhost: h", preamble: "");
        Assert.Contains("mkdir: Permission denied", Find(checkup, CheckName.Scratch).Message, StringComparison.Ordinal);
        Assert.Equal(ClusterCheckState.Skipped, Find(checkup, CheckName.Job).State);
        Assert.Single(_host.Scripts);
    }

    private SiteLimitsCache Cache => new(new StateFolder(new StateEnvironment { JournalDirectory = _temp["state"] }), _clock);

    private static SiteConfig Site(string body) => SiteFixture.Read(body);

    private Task<ClusterCheckup> LookAsync(string body, string? preamble = null) =>
        new BatchPreflight(Site(body), _host, SchedulerFactory.Create("slurm"), Cache, _clock).LookAsync(preamble, default);

    private static ClusterCheck Find(ClusterCheckup checkup, string name) => Assert.Single(checkup.Checks, c => c.Name == name);

    private string Seconds(int skew) => string.Create(CultureInfo.InvariantCulture, $"{_clock.Now.ToUnixTimeSeconds() + skew}\n");
}
