using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Submission;

public sealed class RunFitTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeCluster _cluster = new();

    public RunFitTests() => _folder.Write("code.py", "print()");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8000L, 1L << 30, "the run makes at least 3025 files and folders and ", ", beside what its tasks write; 8000 files and 1 GB are free in /scratch (as the site said 2h ago)")]
    [InlineData(4000L, null, "warning: the run makes at least 3025 files", "4000 files are free in /scratch (as the site said 2h ago)")]
    [InlineData(null, 300_000L, "warning: the run makes at least 3025 files", "293 KB are free in /scratch (as the site said 2h ago)")]
    [InlineData(3000L, 1L << 30, "warning: the run makes at least 3025 files", "3000 files and 1 GB are free in /scratch (as the site said 2h ago): it cannot fit")]
    [InlineData(8000L, -1L, "warning: the run makes at least 3025 files", "8000 files and 0 B are free in /scratch (as the site said 2h ago): it cannot fit")]
    public async Task The_plan_says_what_the_run_takes_and_what_is_free(long? files, long? bytes, string begin, string end)
    {
        RunDraft draft = await DraftAsync(Room(files, bytes));
        Assert.Equal(3025, draft.Plan.EstimatedFileCount);
        Assert.StartsWith(begin, draft.Plan.Assumptions[^1], StringComparison.Ordinal);
        Assert.EndsWith(end, draft.Plan.Assumptions[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_known_refuses_nothing_and_where_nobody_asks_nothing_is_said()
    {
        RunDraft unknown = await DraftAsync(new KnownRoom(null, TimeSpan.Zero));
        Assert.EndsWith($"how much room there is in {_folder.Root} is not known", unknown.Plan.Assumptions[^1], StringComparison.Ordinal);
        await unknown.RequireRoomAsync(CancellationToken.None);
        Assert.Equal(0, _cluster.PreparationCount);
        _cluster.Rooms.Clear();
        Assert.Null((await DraftAsync()).Plan.EstimatedFileCount);
    }

    [Fact]
    public async Task A_run_that_cannot_fit_is_refused_only_after_the_cluster_was_asked_anew()
    {
        await (await DraftAsync(Room(10, 1 << 30), Room(8000, 1 << 30))).RequireRoomAsync(CancellationToken.None);
        Assert.Equal(1, _cluster.PreparationCount);

        RunDraft draft = await DraftAsync(Room(10, 1 << 30) with { Room = new SiteRoom { Folder = "/scratch", FreeBytes = 1 << 30, FreeFileCount = 10, IsFilesQuota = true } });
        HpcException e = await Assert.ThrowsAsync<HpcException>(() => draft.RequireRoomAsync(CancellationToken.None));
        Assert.Equal(ErrorCode.PreconditionFailed, e.Code);
        Assert.Contains("10 files of your quota and 1 GB are free", e.Message, StringComparison.Ordinal);
        Assert.Contains("Remove-HpcRun", e.Remediation, StringComparison.Ordinal);
    }

    private static KnownRoom Room(long? files, long? bytes) => new(new SiteRoom { Folder = "/scratch", FreeBytes = bytes, FreeFileCount = files }, TimeSpan.FromHours(2));

    private Task<RunDraft> DraftAsync(params KnownRoom[] rooms)
    {
        if (rooms.Length > 0) _cluster.Rooms.Clear();
        _cluster.Rooms.AddRange(rooms);
        return RunDraft.CreateAsync(
            new RunSpec
            {
                ExperimentPath = _folder.Root,
                Cluster = _cluster,
                Tasks = TaskSet.FromObjects(Enumerable.Range(0, 500).Cast<object?>()),
                CommandKind = CommandKind.Command,
                Command = "echo {_}",
                Name = "test",
            },
            CancellationToken.None);
    }
}
