using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Learning;

public sealed class RuntimeSamplesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private RuntimeSamples Samples => new(new StateFolder(new StateEnvironment { JournalDirectory = _folder["state"] }).Repository(_folder.Root), "site");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sample_is_read_as_it_was_written()
    {
        RuntimeSample sample = Sample(7) with
        {
            Node = "n1",
            StartedAt = DateTimeOffset.UnixEpoch.AddSeconds(5),
            ExitCode = 0,
            PeakMemoryBytes = 1 << 20,
            CpuTime = TimeSpan.FromSeconds(2.5),
            QueueWait = TimeSpan.FromSeconds(30),
            CpusAsked = 4,
            MemoryAskedBytes = 1L << 33,
            WalltimeAsked = TimeSpan.FromHours(1),
            CmdSha = "ab",
        };
        Assert.Equal(1, await Samples.AddAsync([sample]));
        Assert.Equal(sample, Assert.Single(await Samples.ReadAsync()));
    }

    [Fact]
    public async Task Each_attempt_is_noted_once_and_again_only_when_its_usage_is_learnt()
    {
        Assert.Equal(2, await Samples.AddAsync([Sample(0), Sample(1)]));
        Assert.Equal(0, await Samples.AddAsync([Sample(0), Sample(1)]));
        RuntimeSample known = Sample(0) with { CpuTime = TimeSpan.FromMilliseconds(4269), Elapsed = TimeSpan.FromMilliseconds(60_007) };
        Assert.Equal(1, await Samples.AddAsync([known]));
        Assert.Equal(0, await Samples.AddAsync([known, Sample(0)]));
        Assert.Equal(1, await Samples.AddAsync([Sample(0) with { Attempt = 2 }]));
        Assert.Equal([Sample(1), known, Sample(0) with { Attempt = 2 }], await Samples.ReadAsync());
    }

    [Fact]
    public async Task Several_writers_at_once_lose_nothing_and_write_nothing_twice()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => Samples.AddAsync([.. Enumerable.Range(writer * 5, 10).Select(id => Sample(id))]))));
        Assert.Equal(45, (await File.ReadAllLinesAsync(Samples.FilePath)).Length);
        Assert.Equal(45, (await Samples.ReadAsync()).Count);
    }

    [Fact]
    public async Task A_damaged_line_hides_no_other()
    {
        await Samples.AddAsync([Sample(0), Sample(1), Sample(2)]);
        byte[] bytes = await File.ReadAllBytesAsync(Samples.FilePath);
        bytes[(bytes.Length / 2) + 3] ^= 1;
        await File.WriteAllBytesAsync(Samples.FilePath, bytes);
        Assert.Equal([0, 2], (await Samples.ReadAsync()).Select(s => s.TaskId));
    }

    [Fact]
    public async Task The_file_stays_bounded_and_keeps_the_newest()
    {
        for (int block = 0; block < 6; block++)
            await Samples.AddAsync([.. Enumerable.Range(block * 4000, 4000).Select(id => Sample(id))]);
        Assert.InRange(new FileInfo(Samples.FilePath).Length, 1, RuntimeSamples.MaxBytes);
        IReadOnlyList<RuntimeSample> samples = await Samples.ReadAsync();
        Assert.Equal(23_999, samples[^1].TaskId);
        Assert.True(samples.Count > 4000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1001)]
    [InlineData(1_000_000)]
    public void Of_a_large_run_some_tasks_of_each_part_are_noted_and_none_twice(long tasks)
    {
        long[] ids = [.. RuntimeRecorder.TaskIds(tasks)];
        Assert.InRange(ids.Length, Math.Min(tasks, 500), RuntimeRecorder.MaxTasksOfRun);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id, 0, tasks - 1));
        // No residue is preferred: a grid's last axis would be seen at a few of its values only.
        if (tasks > 100_000) Assert.Equal(10, ids.Select(id => id % 10).Distinct().Count());
    }

    private static RuntimeSample Sample(long task) => new()
    {
        RunId = "r",
        TaskId = task,
        Attempt = 1,
        State = TaskState.Complete,
        Command = RuntimeSample.CommandOf("x"),
        Elapsed = TimeSpan.FromSeconds(60 + task),
    };
}
