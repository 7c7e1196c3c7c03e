using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class LimitsTests
{
    [Fact]
    public void Slurms_limits_are_the_stricter_of_partition_association_and_quality()
    {
        SiteLimits limits = Slurm.ParseLimits(
            """
            #hpc-section config
            MaxArraySize            = 1001
            SLURM_VERSION           = 22.05.8
            #hpc-section partitions
            PartitionName=short Default=NO DefaultTime=00:01:00 MaxTime=00:05:00 State=UP
            PartitionName=main Default=YES DefaultTime=00:10:00 MaxTime=7-00:00:00 State=UP
            PartitionName=old Default=NO DefaultTime=NONE MaxTime=UNLIMITED State=DOWN
            #hpc-section nodes
            256000|32
            512000+|64
            #hpc-section user
            phys
            #hpc-section assoc
            chem||a|a||1||||
            phys|gpu|normal,tiny|normal|1|1||||
            phys||normal,tiny|normal|50|2000|100|900|2-00:00:00
            #hpc-section qos
            normal|40|1000|||
            tiny|2|5|||01:00:00
            """);
        Assert.Equal((1000L, 900L, 40L), (limits.MaxArrayIndex!.Value, limits.MaxSubmittedElements!.Value, limits.MaxRunningElements!.Value));
        Assert.Equal((TimeSpan.FromDays(2), TimeSpan.FromMinutes(10)), (limits.MaxWalltime, limits.DefaultWalltime));
        Assert.Equal((512000L << 20, 64, "22.05.8"), (limits.MaxNodeMemoryBytes, limits.MaxNodeProcessors, limits.Version));
        Assert.Equal(
            [
                new SitePartition("main", true, TimeSpan.FromDays(7), true), new SitePartition("short", true, TimeSpan.FromMinutes(5), false),
                new SitePartition("old", false, null, false),
            ],
            limits.Partitions);
        Assert.Equal(new SiteQos("tiny", 5, 2, TimeSpan.FromHours(1)), limits.Qualities[1]);
    }

    [Theory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public void What_is_not_said_is_not_known(string kind)
    {
        SiteLimits limits = SchedulerFactory.Create(kind).ParseLimits("banner\n#hpc-section config\n\n#hpc-section hosts\n");
        Assert.Equivalent(new SiteLimits(), limits, strict: true);
        Assert.Equivalent(new SiteLimits(), SchedulerFactory.Create(kind).ParseLimits(""), strict: true);
    }

    [SkippableFact]
    public void Real_answers_of_slurm_are_read()
    {
        SiteLimits limits = Slurm.ParseLimits(
            "#hpc-section config\n" + Sample.Out("slurm", "scontrol-show-config") + "\n#hpc-section partitions\n" + Sample.Out("slurm", "scontrol-show-partition"));
        Assert.Equal((10_000L, "22.05.8", TimeSpan.FromDays(1)), (limits.MaxArrayIndex, limits.Version, limits.MaxWalltime));
        Assert.Equal(["main", "short", "gpu", "down"], limits.Partitions.Select(p => p.Name));
        Assert.Equal([true, true, true, false], limits.Partitions.Select(p => p.IsUp));
    }

    [SkippableFact]
    public void Real_answers_of_grid_engine_are_read()
    {
        SiteLimits limits = GridEngine.ParseLimits(
            "#hpc-section version\n" + Sample.Out("sge", "version") + "\n#hpc-section config\n" + Sample.Out("sge", "qconf-sconf")
            + "\n#hpc-section scheduler\n" + Sample.Out("sge", "qconf-ssconf") + "\n#hpc-section queues\n" + Sample.Out("sge", "qconf-sql")
            + "\n#hpc-section queue\n" + Sample.Out("sge", "qconf-sq") + "\n#hpc-section load\n" + Sample.Out("sge", "qstat-gc")
            + "\n#hpc-section pe\n" + Sample.Out("sge", "qconf-sp") + "\n#hpc-section hosts\n" + Sample.Out("sge", "qhost"));
        Assert.Equal((75_000L, 2000L, null), (limits.MaxArrayIndex, limits.MaxRunningElements, limits.MaxJobs));
        Assert.Equal(("SGE 8.1.9", 2, (long)(23.5 * (1L << 30))), (limits.Version, limits.MaxNodeProcessors, limits.MaxNodeMemoryBytes));
        Assert.Equal([new SitePartition("all.q", true, null, false)], limits.Partitions);
        Assert.Equal(["shared"], limits.ParallelEnvironments);
    }

    [Fact]
    public void Grid_engines_queues_and_environments_are_read()
    {
        SiteLimits limits = GridEngine.ParseLimits(
            """
            #hpc-section config
            max_u_jobs                   25
            max_aj_tasks                 0
            max_aj_instances             2000
            #hpc-section scheduler
            maxujobs                          64
            #hpc-section queues
            long.q
            off.q
            #hpc-section queue
            qname                 long.q
            h_rt                  336:00:00,[@short=24:00:00]
            qname                 off.q
            h_rt                  7200
            #hpc-section load
            CLUSTER QUEUE                   CQLOAD   USED    RES  AVAIL  TOTAL aoACDS  cdsuE
            --------------------------------------------------------------------------------
            long.q                            2.02     20      0     44     64      0     32
            off.q                             -NA-      0      0      0     64      0     64
            #hpc-section pe
            pe_name            mpi
            allocation_rule    $round_robin
            pe_name            smp
            allocation_rule    $pe_slots
            #hpc-section hosts
            HOSTNAME                ARCH         NCPU  LOAD  MEMTOT  MEMUSE  SWAPTO  SWAPUS
            -------------------------------------------------------------------------------
            global                  -               -     -       -       -       -       -
            n1                      lx24-amd64     16  0.10   62.9G    1.2G     0.0     0.0
            n2                      lx24-amd64     32  0.10  125.8G    1.2G     0.0     0.0
            """);
        Assert.Equal((25L, null, 64L), (limits.MaxJobs, limits.MaxArrayIndex, limits.MaxRunningElements));
        Assert.Equal([new SitePartition("long.q", true, TimeSpan.FromHours(336), false), new SitePartition("off.q", false, TimeSpan.FromHours(2), false)], limits.Partitions);
        Assert.Equal((TimeSpan.FromHours(336), 32, (long)(125.8 * (1L << 30))), (limits.MaxWalltime, limits.MaxNodeProcessors, limits.MaxNodeMemoryBytes));
        Assert.Equal(["smp", "mpi"], limits.ParallelEnvironments);
    }

    [SkippableTheory]
    [InlineData("slurm", "scontrol", "case \"$*\" in *config) echo 'MaxArraySize = 101';; *) exit 1;; esac")]
    [InlineData("sge", "qconf", "case $1 in -sconf) echo 'max_aj_tasks   100';; *) exit 1;; esac")]
    public async Task Of_stand_ins_that_fail_the_others_are_still_read(string kind, string program, string body)
    {
        Skip.If(File.Exists("/usr/bin/sinfo") || File.Exists("/usr/bin/qhost"), "a real scheduler would answer");
        using StandIn cluster = new();
        cluster.Program(program, body);
        IScheduler scheduler = SchedulerFactory.Create(kind);
        (int exit, string output, string errors) = await cluster.RunAsync(scheduler.LimitsQuery);
        Assert.Equal((0, ""), (exit, errors));
        Assert.Equal(100, scheduler.ParseLimits(output).MaxArrayIndex);
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task All_rendered_text_is_accepted_by_sh(string kind)
    {
        IScheduler scheduler = SchedulerFactory.Create(kind);
        ArraySubmission array = Full("/s/it's $HOME `id` \"q\" *;&");
        foreach (string text in (string[])[scheduler.RenderJobScript(array), scheduler.RenderSubmit(array), scheduler.QueueQuery, scheduler.LimitsQuery,
            scheduler.AccountingQuery(["1", "2"], DateTimeOffset.UtcNow), scheduler.FindByNameQuery("hpc-a", DateTimeOffset.UtcNow), scheduler.RenderCancel(["1"])])
        {
            Skip.If(OperatingSystem.IsWindows(), "there is no /bin/sh");
            // Each may stand as one command within a list.
            string script = text.StartsWith('#') ? text : $"if true; then\n{text}\nfi\n";
            (int exit, _, string errors) = await ChildProcess.TryRunAsync("/bin/sh", script, ["-n"]);
            Assert.Equal((0, ""), (exit, errors));
        }
    }
}
