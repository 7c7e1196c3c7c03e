using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class SlurmSubmissionTests
{
    [Fact]
    public void A_plain_array_is_rendered() => Assert.Equal(
        """
        sbatch \
          --parsable --job-name=hpc-a1b2 --array=1-10 \
          --export=NIL --requeue --open-mode=append --signal=B:TERM@35 \
          --nodes=1 --ntasks=1 --cpus-per-task=1 \
          --chdir=/scratch/me/run \
          --output=/scratch/me/run/logs/%x.%a.out \
          /scratch/me/run/job.2 \
          "$PATH"
        """.ReplaceLineEndings("\n"),
        Slurm.RenderSubmit(Small()));

    [Fact]
    public void An_array_with_everything_is_rendered() => Assert.Equal(
        """
        sbatch \
          --parsable --job-name=hpc-a1b2 --array=1-10%4 \
          --export=NIL --requeue --open-mode=append --signal=B:TERM@35 \
          --nodes=1 --ntasks=1 --cpus-per-task=3 \
          --mem=8193M \
          --time=91 \
          --gres=gpu:a100:2 \
          --partition=gpu \
          --account=phys \
          --qos=long \
          '--constraint=a100|v100' \
          --chdir=/scratch/me/run \
          --output=/scratch/me/run/logs/%x.%a.out \
          --dependency="afterany:$hpc_after" \
          --exclusive '--comment=two words' \
          /scratch/me/run/job.2 \
          "$PATH"
        """.ReplaceLineEndings("\n"),
        Slurm.RenderSubmit(Full()));

    [Theory]
    [InlineData(null)]
    [InlineData(0)] // accepted in silence, and nothing ever starts
    [InlineData(-1)]
    [InlineData(10)]
    [InlineData(99)]
    public void A_throttle_that_says_nothing_is_not_rendered(int? throttle) =>
        Assert.Contains("--array=1-10 ", Slurm.RenderSubmit(Small() with { MaxConcurrentCount = throttle }), StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 2)] // 1 s, and 35 s + 60 s for the early signal
    [InlineData(60, 3)]
    [InlineData(190, 4)] // half of it is 95: the signal lies within
    [InlineData(600, 10)]
    [InlineData(601, 11)]
    [InlineData(172_800, 2880)]
    public void Time_is_rounded_up_to_minutes_and_a_short_one_keeps_room_for_the_signal(int seconds, int minutes)
    {
        ArraySubmission array = Small() with { Resources = new ResourceRequest { Walltime = TimeSpan.FromSeconds(seconds) } };
        Assert.Contains($"--time={minutes} ", Slurm.RenderSubmit(array), StringComparison.Ordinal);
        // What the job script is told must be true even if the signal comes a minute early.
        Assert.Contains($"HPC_ELEMENT_SECONDS={(minutes * 60) - 95}\n", Slurm.RenderJobScript(array), StringComparison.Ordinal);
        Assert.True((minutes * 60) - 95 >= seconds / 2);
    }

    [Fact]
    public void Percent_signs_of_a_folder_are_no_patterns() =>
        Assert.Contains("--output=/s/50%%a/logs/%x.%a.out", Slurm.RenderSubmit(Small("/s/50%a")), StringComparison.Ordinal);

    [Theory]
    [InlineData("/s/a\\b", "backslash")]
    [InlineData("/s/a\nb", "control")]
    [InlineData("run", "absolute")]
    public void Folders_that_cannot_be_used_are_refused(string root, string why)
    {
        HpcException error = Assert.Throws<HpcException>(() => Slurm.RenderSubmit(Small(root)));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1abc")]
    [InlineData("a b")]
    [InlineData("a$(id)")]
    [InlineData("")]
    public void Names_that_some_scheduler_refuses_are_refused(string name) =>
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => Slurm.RenderSubmit(Small() with { JobName = name })).Code);

    [SkippableFact]
    public async Task A_stand_in_for_sbatch_gets_every_word_as_it_is()
    {
        using StandIn cluster = new();
        cluster.Recorder("sbatch", "106;testcluster");
        const string Root = "/s/it's $HOME `id` \"q\" *;&";
        ArraySubmission array = Full(Root) with { Options = new SchedulerOptions { ExtraFlags = ["--comment=$x 'y'"] } };
        (int exit, string output, _) = await cluster.RunAsync("hpc_after=41\n" + Slurm.RenderSubmit(array));
        Assert.Equal((0, "106"), (exit, await JobIdOf.TextAsync(output)));
        Assert.Contains("--chdir=" + Root, cluster.Recorded);
        Assert.Contains($"--output={Root}/logs/%x.%a.out", cluster.Recorded);
        Assert.Contains("--dependency=afterany:41", cluster.Recorded);
        Assert.Contains("--comment=$x 'y'", cluster.Recorded);
        Assert.Equal(Root + "/job.2", cluster.Recorded[^2]);
    }

    [SkippableTheory]
    [InlineData("83\n", "83")]
    [InlineData("106;testcluster\n", "106")]
    [InlineData("Submitted batch job 82\n", "82")]
    [InlineData("Submitted batch job 82 on cluster x\n", "82")]
    [InlineData("Project phys: 1200 hours left\n4711\n", "4711")]
    [InlineData("", null)]
    [InlineData("sbatch: error: Batch job submission failed\n", null)]
    [InlineData("12abc\n", null)]
    public async Task The_id_is_read(string output, string? id) => Assert.Equal(id, await JobIdOf.TextAsync(output));
}
