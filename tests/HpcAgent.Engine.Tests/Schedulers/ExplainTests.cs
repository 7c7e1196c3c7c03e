using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Schedulers;

public class ExplainTests
{
    [Theory]
    [InlineData("slurm", 1, "sbatch: error: invalid partition specified: nosuch\nsbatch: error: Batch job submission failed: Invalid partition name specified", ErrorCode.SpecInvalid, "default_partition")]
    [InlineData("slurm", 1, "sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", ErrorCode.PreconditionFailed, "more tasks into one element")]
    [InlineData("slurm", 1, "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy", ErrorCode.PreconditionFailed, "more tasks into one element")]
    [InlineData("slurm", 1, "sbatch: error: AssocGrpCpuLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy", ErrorCode.PreconditionFailed, "sacctmgr")]
    [InlineData("slurm", 1, "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying", ErrorCode.SchedulerThrottled, "by its name")]
    [InlineData("slurm", 1, "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", ErrorCode.SchedulerThrottled, "by its name")]
    [InlineData("slurm", 1, "sbatch: error: Batch job submission failed: Resource temporarily unavailable", ErrorCode.SchedulerThrottled, "Wait")]
    [InlineData("slurm", 1, "slurm_load_jobs error: Unable to contact slurm controller (connect failure)", ErrorCode.ClusterTimeout, "scontrol ping")]
    [InlineData("slurm", 127, "/bin/sh: 1: sbatch: not found", ErrorCode.PreconditionFailed, "PATH")]
    [InlineData("slurm", 127, "timeout: failed to run command 'squeue': No such file or directory", ErrorCode.PreconditionFailed, "PATH")]
    [InlineData("slurm", 124, "", ErrorCode.ClusterTimeout, "again")]
    [InlineData("slurm", 3, "something nobody has seen", ErrorCode.RemoteCommandFailed, "by hand")]
    [InlineData("sge", 1, "Unable to run job: error: no suitable queues\nExiting.", ErrorCode.SpecInvalid, "-w n")]
    [InlineData("sge", 25, "Unable to run job: job rejected: only 2 jobs are allowed per user (current job count: 2)\nExiting.", ErrorCode.PreconditionFailed, "max_u_jobs")]
    [InlineData("sge", 1, "error: unable to send message to qmaster using port 6444 on host \"vm\": got send error", ErrorCode.ClusterTimeout, "again")]
    [InlineData("sge", 127, "sh: qsub: command not found", ErrorCode.PreconditionFailed, "PATH")]
    public void A_refusal_gets_a_code_a_remedy_and_keeps_the_schedulers_words(string kind, int exit, string output, ErrorCode code, string remedy)
    {
        HpcException error = SchedulerFactory.Create(kind).Explain(exit, output);
        Assert.Equal(code, error.Code);
        Assert.Contains(remedy, error.Remediation!, StringComparison.Ordinal);
        foreach (string line in output.Split('\n').Where(line => line != "Exiting."))
            Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("slurm", "ctld-down-sbatch", ErrorCode.ClusterTimeout)]
    [InlineData("slurm", "ctld-down-squeue", ErrorCode.ClusterTimeout)]
    [InlineData("slurm", "ctld-frozen-squeue", ErrorCode.SchedulerThrottled)]
    [InlineData("slurm", "dbd-down-sacct", ErrorCode.ClusterTimeout)]
    [InlineData("slurm", "sbatch-err-account", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-array-max", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-constraint", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-cpus-per-task", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-cpus", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-gres-count", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-gres-unknown", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-mem", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-option", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-partition", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-qos-submit", ErrorCode.PreconditionFailed)]
    [InlineData("slurm", "sbatch-err-qos-unknown", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "sbatch-err-time-limit", ErrorCode.SpecInvalid)]
    [InlineData("slurm", "scancel-other-user", ErrorCode.PreconditionFailed)]
    [InlineData("sge", "qmaster-down-qsub", ErrorCode.ClusterTimeout)]
    [InlineData("sge", "qsub-err-array-max", ErrorCode.SpecInvalid)]
    [InlineData("sge", "qsub-err-pe", ErrorCode.SpecInvalid)]
    [InlineData("sge", "qsub-err-project", ErrorCode.SpecInvalid)]
    [InlineData("sge", "qsub-err-queue", ErrorCode.SpecInvalid)]
    [InlineData("sge", "qsub-err-resource", ErrorCode.SpecInvalid)]
    [InlineData("sge", "qsub-err-user-limit-array", ErrorCode.PreconditionFailed)]
    [InlineData("sge", "qsub-err-w-e", ErrorCode.SpecInvalid)]
    [InlineData("sge", "qsub-err-option", ErrorCode.SpecInvalid)]
    public void Real_refusals_get_their_code(string kind, string name, ErrorCode code)
    {
        HpcException error = SchedulerFactory.Create(kind).Explain(1, Sample.All(kind, name));
        Assert.Equal(code, error.Code);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(string.IsNullOrEmpty(error.Remediation));
    }

    [Fact]
    public void Words_without_end_are_shortened() => Assert.True(SchedulerFactory.Create("slurm").Explain(1, new string('x', 100_000)).Message.Length < 1000);

    [Fact]
    public void A_kind_that_does_not_exist_names_those_that_do()
    {
        HpcException error = Assert.Throws<HpcException>(() => SchedulerFactory.Create("pbs"));
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.Contains("slurm, sge", error.Remediation!, StringComparison.Ordinal);
    }
}
