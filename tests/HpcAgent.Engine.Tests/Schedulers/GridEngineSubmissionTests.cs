using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class GridEngineSubmissionTests
{
    [Fact]
    public void A_plain_array_is_rendered() => Assert.Equal(
        """
        qsub \
          -terse -N hpc-a1b2 -t 1-10 \
          -S /bin/sh -C '' -w e -r y -notify -j y -o /dev/null \
          /scratch/me/run/job.2
        """.ReplaceLineEndings("\n"),
        GridEngine.RenderSubmit(Small()));

    [Fact]
    public void An_array_with_everything_is_rendered_with_memory_per_slot() => Assert.Equal(
        """
        qsub \
          -terse -N hpc-a1b2 -t 1-10 \
          -S /bin/sh -C '' -w e -r y -notify -j y -o /dev/null \
          -tc 4 \
          -pe smp 3 \
          -l h_rt=5430,s_rt=5400,h_data=2731M,gpu=2,a100 \
          -q gpu.q \
          -P phys \
          -hold_jid "$hpc_after" \
          --exclusive '--comment=two words' \
          /scratch/me/run/job.2
        """.ReplaceLineEndings("\n"),
        GridEngine.RenderSubmit(Full()));

    [Theory]
    [InlineData(10, 40, 10)] // h_rt is raised: the signal would come at once
    [InlineData(60, 60, 30)]
    [InlineData(59, 89, 59)]
    public void The_soft_limit_leaves_the_grace_before_the_hard_one(int seconds, int hard, int soft)
    {
        ArraySubmission array = Small() with { Resources = new ResourceRequest { Walltime = TimeSpan.FromSeconds(seconds) } };
        Assert.Contains($"-l h_rt={hard},s_rt={soft} ", GridEngine.RenderSubmit(array), StringComparison.Ordinal);
        Assert.Contains($"HPC_ELEMENT_SECONDS={soft}\n", GridEngine.RenderJobScript(array), StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_one_processor_without_a_parallel_environment_names_the_key_that_is_missing()
    {
        ArraySubmission array = Small() with { Resources = new ResourceRequest { Cpus = 2 } };
        HpcException error = Assert.Throws<HpcException>(() => GridEngine.RenderSubmit(array));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains("parallel_environment in clusters.yaml", error.Remediation!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_throttle_that_says_nothing_is_not_rendered(int throttle) =>
        Assert.DoesNotContain("-tc", GridEngine.RenderSubmit(Small() with { MaxConcurrentCount = throttle }), StringComparison.Ordinal);

    [Fact]
    public void Several_complexes_all_get_the_memory()
    {
        ArraySubmission array = Small() with
        {
            Resources = new ResourceRequest { MemoryBytes = 1 << 30, Gpus = 1 },
            Options = new SchedulerOptions { MemoryComplex = "h_data,h_vmem", GpuResource = "gpu,cuda" },
        };
        Assert.Contains("-l h_data=1024M,h_vmem=1024M,gpu,cuda=1 ", GridEngine.RenderSubmit(array), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_stand_in_for_qsub_gets_every_word_as_it_is()
    {
        using StandIn cluster = new();
        cluster.Recorder("qsub", "4.1-50:1");
        const string Root = "/s/it's $HOME:`id`,\"q\" *;&\\";
        (int exit, string output, _) = await cluster.RunAsync("hpc_after=3\n" + GridEngine.RenderSubmit(Full(Root)));
        Assert.Equal((0, "4"), (exit, await JobIdOf.TextAsync(output)));
        Assert.Equal(["-hold_jid", "3"], cluster.Recorded.SkipWhile(word => word != "-hold_jid").Take(2));
        Assert.Contains("", cluster.Recorded); // the empty word after -C
        Assert.Equal(Root + "/job.2", cluster.Recorded[^1]);
    }

    [SkippableTheory]
    [InlineData("4.1-50:1\n", "4")]
    [InlineData("2\n", "2")]
    [InlineData("Your job-array 3.1-4:1 (\"fail3\") has been submitted\n", "3")]
    [InlineData("Your job 1 (\"ok\") has been submitted\n", "1")]
    [InlineData("qsub: warning: \"-w\" option has already been set, overriding previous setting\n4.1-2:1\n", "4")]
    [InlineData("Unable to run job: error: no suitable queues\nExiting.\n", null)]
    [InlineData("1.2.3\n", null)]
    public async Task The_id_is_read(string output, string? id) => Assert.Equal(id, await JobIdOf.TextAsync(output));
}
