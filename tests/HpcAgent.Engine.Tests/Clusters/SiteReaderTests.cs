using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Clusters;

public sealed class SiteReaderTests
{
    private const string Everything = """
        scheduler: Slurm
        host: login.example.org
        user: ada
        port: 2222
        ssh_config: ../keys/config
        ssh_options: {ConnectTimeout: 30, ProxyJump: gate}
        scratch: /scratch/ada
        modules: [python/3.11, 3.10]
        conda_source: /opt/conda.sh
        conda_envs: [ml, 2.0]
        gpu_types: [a100, v100]
        default_partition: short
        account: 0123
        qos: normal
        constraint: rhel9|rhel8
        gpu_constraint: a100|v100
        queue: all.q
        pe: shared
        memory_complex: mem_free
        gpu_resource: gpus
        extra_flags: ["--nice=5", "--comment=two words"]
        default_walltime_sec: 14400
        max_walltime_sec: 7200
        max_node_mem_mb: 1024
        max_node_cpus: 64
        purge_days: 60
        fs_lag_s: 7.5
        queries_per_hour: 12
        constraints:
          max_array_size: 1000
          max_walltime: 24:00:00
          max_concurrent_jobs: 10
          est_spin_up: 5m
          max_concurrent_tasks: 200
          max_submitted: 5000
          max_running: 500
          max_jobs: 50
        """;

    [Fact]
    public void Every_key_is_read()
    {
        SiteConfig site = SiteFixture.Read(Everything);
        Assert.Equal(("c", "slurm", "login.example.org", "ada", 2222), (site.Name, site.Scheduler, site.Host, site.User, site.Port));
        Assert.EndsWith(Path.Join("keys", "config"), site.SshConfig, StringComparison.Ordinal);
        Assert.True(Path.IsPathFullyQualified(site.SshConfig!));
        Assert.DoesNotContain("..", site.SshConfig, StringComparison.Ordinal);
        Assert.Equal(["ConnectTimeout=30", "ProxyJump=gate"], site.SshOptions);
        Assert.Equal(("/scratch/ada", "/opt/conda.sh"), (site.Scratch, site.CondaSource));
        Assert.Equal(["python/3.11", "3.10"], site.Modules);
        Assert.Equal(["ml", "2.0"], site.CondaEnvironments);
        Assert.Equal(["a100", "v100"], site.GpuTypes);
        SchedulerOptions options = site.Options;
        Assert.Equal(("short", "0123", "normal", "rhel9|rhel8", "all.q"), (options.Partition, options.Account, options.Qos, options.Constraint, options.Queue));
        Assert.Equal(("shared", "mem_free", "gpus", "a100|v100"), (options.ParallelEnvironment, options.MemoryComplex, options.GpuResource, site.GpuConstraint));
        Assert.Equal(["--nice=5", "--comment=two words"], options.ExtraFlags);
        Assert.Equal(
            new SiteLimits
            {
                MaxArrayIndex = 1000,
                MaxSubmittedElements = 5000,
                MaxRunningElements = 500,
                MaxJobs = 50,
                MaxWalltime = TimeSpan.FromHours(2),
                MaxNodeMemoryBytes = 1L << 30,
                MaxNodeProcessors = 64,
                Partitions = site.Limits.Partitions,
                ParallelEnvironments = site.Limits.ParallelEnvironments,
            },
            site.Limits);
        Assert.Equal((200, 10), (site.MaxConcurrentTasks, site.MaxConcurrentArrays));
        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromMinutes(5), 60), (site.DefaultWalltime, site.SpinUp, site.PurgeDays));
        Assert.Equal((TimeSpan.FromSeconds(7.5), 12), (site.FileSystemLag, site.QueriesPerHour));
        Assert.EndsWith("clusters.yaml:1", site.Origin, StringComparison.Ordinal);
        Assert.EndsWith("clusters.yaml:31", site.Places["max_array_size"], StringComparison.Ordinal);
        Assert.EndsWith("clusters.yaml:19", site.Places["parallel_environment"], StringComparison.Ordinal);
        Assert.Empty(site.Notes);
    }

    [Fact]
    public void Every_known_key_is_tried_above()
    {
        foreach (string key in SiteKeys.Cluster.Concat(SiteKeys.Constraints).Except(["partition", "project", "parallel_environment"]))
            Assert.Contains($"{key}:", Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scheduler_alone_is_enough()
    {
        SiteConfig site = SiteFixture.Read("scheduler: sge\nhost: null\nmodules:\nconstraints:");
        Assert.Equal(("sge", null, null, null), (site.Scheduler, site.Host, site.User, site.Port));
        Assert.Equal((TimeSpan.FromSeconds(120), null, null), (site.FileSystemLag, site.Scratch, site.DefaultWalltime));
        Assert.Equal(40, site.QueriesPerHour);
        Assert.Equal((null, null, null), (site.Limits.MaxArrayIndex, site.Limits.MaxWalltime, site.Limits.MaxNodeMemoryBytes));
        Assert.Empty(site.Modules);
    }

    [Fact]
    public void A_file_of_the_original_is_read_with_notes()
    {
        SiteConfig site = SiteFixture.Read(
            "scheduler: sge\ncold_start_mem_buffer: 0.15\nnfs_data_dir: <your_data>\nwalltime_arbitrage: true\nauto_daisy_chain:\n"
            + "gpu_queues: {a100: gpu_a100.q}\nexcluded_gpu_queue_prefixes: [gpu_P4]\nscheduler_profile: {name: x}");
        Assert.Equal(7, site.Notes.Count);
        Assert.Contains(site.Notes, n => n.Contains("'walltime_arbitrage'", StringComparison.Ordinal) && n.Contains("clusters.yaml:5", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("24:00:00", 86400)]
    [InlineData("\"2:00:00\"", 7200)]
    [InlineData("30:00", 1800)]
    [InlineData("90", 90)]
    [InlineData("100:00:00", 360000)]
    [InlineData("0:90:00", 5400)]
    [InlineData("2h", 7200)]
    [InlineData("1-00:00:00", 86400)]
    [InlineData("0", null)]
    [InlineData("00:00:00", null)]
    public void Durations_have_the_readings_of_the_original(string text, int? seconds) => Assert.Equal(
        seconds is { } s ? TimeSpan.FromSeconds(s) : null,
        SiteFixture.Read($"scheduler: slurm\nconstraints: {{max_walltime: {text}}}").Limits.MaxWalltime);

    [Theory]
    [InlineData("300", 300)]
    [InlineData("45s", 45)]
    [InlineData("1h", 3600)]
    [InlineData("0", 0)]
    public void Spin_up_is_seconds_unless_it_says_otherwise(string text, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), SiteFixture.Read($"scheduler: slurm\nconstraints: {{est_spin_up: {text}}}").SpinUp);

    [Theory]
    [InlineData("scheduler: slurm\nhots: x", "F:3:3: there is no key 'hots'. Did you mean 'host'?")]
    [InlineData("scheduler: slurm\nmax_array_size: 5", "F:3:3: 'max_array_size' is in the wrong place")]
    [InlineData("scheduler: slurm\nconstraints:\n  user: x", "F:4:5: 'user' is in the wrong place")]
    [InlineData("scheduler: slurm\nconstraints:\n  max_aray_size: 5", "F:4:5: there is no key 'max_aray_size'. Did you mean 'max_array_size'?")]
    [InlineData("host: x", "F:1:1: the cluster 'c' has no 'scheduler'")]
    [InlineData("scheduler: pbspro", "F:2:14: the scheduler 'pbspro' is not known")]
    [InlineData("scheduler: [slurm]", "F:2:14: 'scheduler' must hold text, not a list")]
    [InlineData("scheduler: slurm\nport: ssh", "F:3:9: 'port' is 'ssh', which is not a whole number from 1 to 65535")]
    [InlineData("scheduler: slurm\nport: 65536", "F:3:9: 'port' is '65536'")]
    [InlineData("scheduler: slurm\nport: true", "F:3:9: 'port' must be a whole number from 1 to 65535, not true or false")]
    [InlineData("scheduler: slurm\nport: 22.5", "F:3:9: 'port' is '22.5'")]
    [InlineData("scheduler: slurm\nconstraints: 5", "F:3:16: 'constraints' must be a map, not a number")]
    [InlineData("scheduler: slurm\nconstraints: {max_array_size: 0}", "F:3:33: 'max_array_size' is '0', which is not a whole number from 1 on")]
    [InlineData("scheduler: slurm\nconstraints: {max_walltime: soon}", "F:3:31: 'max_walltime' is 'soon', which is not a duration")]
    [InlineData("scheduler: slurm\nconstraints: {max_walltime: -5}", "F:3:31: 'max_walltime' is '-5'")]
    [InlineData("scheduler: slurm\nconstraints: {max_walltime: [1]}", "F:3:31: 'max_walltime' must be a duration, not a list")]
    [InlineData("scheduler: slurm\nhost: a\nhost: b", "F:4:3: 'host' is given twice, first in line 3")]
    [InlineData("scheduler: slurm\npartition: a\ndefault_partition: b", "F:4:3: 'default_partition' means the same as 'partition' in line 3")]
    [InlineData("scheduler: slurm\nhost: -oProxyCommand=touch", "F:3:9: '-oProxyCommand=touch' is not the name of a host")]
    [InlineData("scheduler: slurm\nhost: a b", "is not the name of a host")]
    [InlineData("scheduler: slurm\nhost: ada@h\nuser: bob", "'host' names the user 'ada', and 'user' is 'bob'")]
    [InlineData("scheduler: slurm\nhost: h\nuser: -x", "F:4:9: '-x' is not the name of a user")]
    [InlineData("scheduler: slurm\nhost: true", "F:3:9: 'host' must hold text, not true or false")]
    [InlineData("scheduler: slurm\nhost: ''", "F:3:9: 'host' is empty")]
    [InlineData("scheduler: slurm\naccount: \"a\\nb\"", "holds a line break")]
    [InlineData("scheduler: slurm\nscratch: runs", "F:3:12: 'runs' is not an absolute path")]
    [InlineData("scheduler: slurm\nscratch: $SCRATCH", "is not an absolute path")]
    [InlineData("scheduler: slurm\nssh_options: [-oBatchMode=no]", "is not an option of ssh")]
    [InlineData("scheduler: slurm\nssh_config: ~bob/config", "'~bob/config' cannot be resolved")]
    [InlineData("scheduler: sge\nextra_flags: [-l highp]", "'-l highp' is more than one word")]
    [InlineData("scheduler: sge\nmodules: [{a: b}]", "F:3:13: 'modules' must hold text, not a map")]
    [InlineData("scheduler: sge\nuser: <your_user>", "F:3:9: 'user' of the cluster 'c' is still the placeholder '<your_user>'")]
    [InlineData("scheduler: sge\nport: <your_port>", "F:3:9: 'port' of the cluster 'c' is still the placeholder")]
    [InlineData("scheduler: sge\nmodules:\n  - a\n  - x/<your_module>", "F:5:7: 'modules' of the cluster 'c' is still the placeholder")]
    [InlineData("scheduler: sge\nmax_node_mem_mb: 9223372036854775807", "'max_node_mem_mb' is")]
    public void A_mistake_is_named_with_its_place(string body, string says) =>
        Assert.Contains(says, SiteFixture.Fail(body).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("local")]
    [InlineData("LOCAL")]
    [InlineData("a/b")]
    [InlineData("-a")]
    [InlineData("\"a b\"")]
    public void A_name_that_cannot_be_one_is_refused(string name)
    {
        using SiteFixture fixture = new($"{name}:\n  scheduler: slurm\n");
        HpcException? problem = Assert.Single(fixture.Open().Entries).Problem;
        Assert.Contains($"{fixture.File}:1:1:", problem?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_may_stand_before_the_host()
    {
        SiteConfig site = SiteFixture.Read("scheduler: slurm\nhost: ada@login");
        Assert.Equal(("ada", "login"), (site.User, site.Host));
    }

    [Fact]
    public void A_tilde_in_ssh_config_is_the_home_folder()
    {
        using SiteFixture fixture = new("c:\n  scheduler: slurm\n  ssh_config: ~/.ssh/hpc\n");
        Assert.Equal(Path.Join(fixture.Home, ".ssh", "hpc"), fixture.Open().Find("c")!.SshConfig);
    }

    [Fact]
    public void The_constraint_for_gpus_is_only_for_tasks_with_gpus()
    {
        SiteConfig site = SiteFixture.Read(Everything);
        Assert.Equal("rhel9|rhel8", site.OptionsFor(new ResourceRequest()).Constraint);
        Assert.Equal("(rhel9|rhel8)&(a100|v100)", site.OptionsFor(new ResourceRequest { Gpus = 1 }).Constraint);
        SchedulerOptions asked = new() { Constraint = "h100", Partition = "long", ExtraFlags = ["--hold"] };
        SchedulerOptions both = site.OptionsFor(new ResourceRequest { Gpus = 1 }, asked);
        Assert.Equal(("h100", "long", "0123"), (both.Constraint, both.Partition, both.Account));
        Assert.Equal(["--nice=5", "--comment=two words", "--hold"], both.ExtraFlags);
        Assert.Equal("a100", SiteFixture.Read("scheduler: slurm\ngpu_constraint: a100").OptionsFor(new ResourceRequest { Gpus = 1 }).Constraint);
    }
}
