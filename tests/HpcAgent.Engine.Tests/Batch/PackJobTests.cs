using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Operations.Receive;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Batch;

/// <summary>The job that packs, with programs in place of Slurm's that take it and run it when the test says so.</summary>
public sealed class PackJobTests : IDisposable
{
    private readonly StandInCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [SkippableFact]
    public async Task Above_ten_thousand_files_a_job_packs_and_up_to_then_the_login_node()
    {
        RunRecord record = await _cluster.SubmitAsync(10_001);
        _cluster.Complete(Enumerable.Range(1, 10_000), "{\"a\":1}");
        AggregateResult login = await AggregateAsync(record);
        Assert.Equal((10_000, 0), (login.Aggregate!.UsedCount, _cluster.PackJobs.Count));

        _cluster.Complete(0, "{\"a\":1}");
        foreach (string pack in Directory.GetFiles(_cluster.Remote.Waves, "*.pack")) File.Delete(pack);
        AggregateResult packing = await AggregateAsync(record);
        Assert.Null(packing.Aggregate);
        Assert.True(packing.NextCheckAfter > TimeSpan.Zero);
        string job = packing.Waves.PackingJobId!;
        // The next call finds the job and submits no other.
        Assert.Equal(job, (await AggregateAsync(record)).Waves.PackingJobId);
        ReceiveRequest archive = new() { RunId = record.Run.RunId, Destination = _cluster["archive"] };
        HpcException later = await Assert.ThrowsAsync<HpcException>(() => ReceiveOperation.PackAsync(archive, _cluster.Context(), CancellationToken.None));
        Assert.Contains($"being packed by the job {job}", later.Message, StringComparison.Ordinal);
        await _cluster.RunJobAsync(job);
        Assert.Equal((10_001, 2), ((await ReceiveOperation.PackAsync(archive, _cluster.Context(), CancellationToken.None)).TaskCount, Directory.GetFiles(_cluster["archive/waves"]).Length));
        AggregateResult whole = await AggregateAsync(record);
        Assert.Equal((10_001, 1), (whole.Aggregate!.UsedCount, _cluster.PackJobs.Count));
        Assert.Equal([0, 1], whole.Waves.Combined);
    }

    [SkippableFact]
    public async Task A_job_that_vanishes_is_told_once_and_the_next_call_goes_on_without_it()
    {
        RunRecord record = await CompleteAsync(3);
        string lost = (await AggregateAsync(record, "node")).Waves.PackingJobId!;
        _cluster.LoseJob(lost);
        // It may only just have been submitted: queues lag.
        Assert.Equal(lost, (await AggregateAsync(record, "node")).Waves.PackingJobId);
        _cluster.Age();
        HpcException told = await Assert.ThrowsAsync<HpcException>(() => AggregateAsync(record, "node"));
        Assert.Equal(ErrorCode.CombinerFailed, told.Code);
        Assert.Contains($"the job {lost} left the queue without a word", told.Message, StringComparison.Ordinal);
        Assert.Contains("combine login", told.Remediation, StringComparison.Ordinal);
        // So few files need no second job.
        Assert.Equal((3, 1), ((await AggregateAsync(record, "node")).Aggregate!.UsedCount, _cluster.PackJobs.Count));
    }

    [SkippableFact]
    public async Task A_job_that_fails_says_where_and_why_what_another_packs_stays_and_the_login_node_packs_the_rest_if_that_is_little()
    {
        RunRecord record = await CompleteAsync(10_001);
        string failed = (await AggregateAsync(record)).Waves.PackingJobId!;
        string awk = BadAwk("*pack.awk*) echo half >\"$hpc_out\"; exit 2 ;;");
        await _cluster.RunJobAsync(failed, $"HPC_PACK_AWK='{awk}'");
        HpcException told = await Assert.ThrowsAsync<HpcException>(() => AggregateAsync(record));
        Assert.Equal(ErrorCode.CombinerFailed, told.Code);
        Assert.Contains("wave 0: awk ended with exit code 2; wave 1: awk ended with exit code 2", told.Message, StringComparison.Ordinal);
        Assert.Contains("combine login", told.Remediation, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_cluster.Remote.Waves, "*.ndjson"));
        string next = (await AggregateAsync(record)).Waves.PackingJobId!;
        Assert.NotEqual(failed, next);
        _ = BadAwk("*first=0*pack.awk*) exit 2 ;;");
        await _cluster.RunJobAsync(next, $"HPC_PACK_AWK='{awk}'");
        AggregateResult whole = await AggregateAsync(record);
        Assert.Equal((10_001, 2), (whole.Aggregate!.UsedCount, _cluster.PackJobs.Count));
        Assert.Equal([0], whole.Waves.CombinedThisCall);
    }

    [SkippableFact]
    public async Task What_reads_results_says_that_they_are_being_packed_instead_of_reading_none()
    {
        RunRecord record = await CompleteAsync(3);
        AggregateRequest request = new() { RunId = record.Run.RunId, Combine = "node" };
        HpcException error = await Assert.ThrowsAsync<HpcException>(() => AggregateOperation.ReadRawAsync(request, [], _cluster.Context(), CancellationToken.None));
        string words = $"are being packed by the job {(await AggregateAsync(record, "node")).Waves.PackingJobId}";
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
    }

    private string BadAwk(string fault)
    {
        string awk = _cluster["awk"];
        File.WriteAllText(awk, $"#!/bin/sh\ncase $* in {fault} esac\nexec awk \"$@\"\n");
        TempFolder.SetMode(awk, 0b111_101_101);
        return awk;
    }

    private async Task<RunRecord> CompleteAsync(int tasks)
    {
        RunRecord record = await _cluster.SubmitAsync(tasks);
        _cluster.Complete(Enumerable.Range(0, tasks), "{\"a\":1}");
        return record;
    }

    private Task<AggregateResult> AggregateAsync(RunRecord record, string combine = "auto") =>
        new AggregateOperation().ExecuteAsync(new AggregateRequest { RunId = record.Run.RunId, Combine = combine }, _cluster.Context(), CancellationToken.None);
}
