using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Storage;

public sealed class FileLockTests : IDisposable
{
    private const string PythonHolder = "import fcntl,sys; f=open(sys.argv[1],'a'); fcntl.flock(f,fcntl.LOCK_EX); print('held',flush=True); sys.stdin.read()";
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task A_lock_excludes_others_until_it_is_freed()
    {
        var path = temp["state/x.lock"];
        var first = await FileLock.AcquireAsync(path, "first", TimeSpan.Zero);
        Assert.Null(FileLock.TryAcquire(path, "second"));
        var waiting = FileLock.AcquireAsync(path, "second", TimeSpan.FromSeconds(30));
        first.Dispose();
        using (await waiting)
            Assert.True(File.Exists(path));
        Assert.True(File.Exists(path));
        first.Dispose();
    }

    [Fact]
    public async Task The_error_names_the_holder_and_what_it_does()
    {
        var path = temp["x.lock"];
        using var held = await FileLock.AcquireAsync(path, "submit of run-7", TimeSpan.Zero);
        var error = await Assert.ThrowsAsync<HpcException>(() => FileLock.AcquireAsync(path, "other", TimeSpan.FromMilliseconds(20)));
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName} (submit of run-7", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        var path = temp["x.lock"];
        using var held = await FileLock.AcquireAsync(path, "first", TimeSpan.Zero);
        using var source = new CancellationTokenSource();
        var waiting = FileLock.AcquireAsync(path, "second", TimeSpan.FromMinutes(1), source.Token);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Another_process_is_excluded_and_its_death_frees_the_lock()
    {
        var path = temp["x.lock"];
        using var child = ChildProcess.StartSelf("lock", path);
        Assert.Equal("held", await child.ReadLineAsync());
        Assert.Null(FileLock.TryAcquire(path, "test"));
        Assert.Equal(child.Id, FileLock.ReadHolder(path)!.ProcessId);

        await child.KillAsync();

        using var held = await FileLock.AcquireAsync(path, "test", TimeSpan.FromSeconds(10));
        Assert.Equal(Environment.ProcessId, FileLock.ReadHolder(path)!.ProcessId);
    }

    [SkippableFact]
    public async Task Locks_of_other_programs_count()
    {
        Skip.If(OperatingSystem.IsWindows(), "flock is Unix");
        var path = temp.Write("x.lock");
        using var child = ChildProcess.Start("python3", "-c", PythonHolder, path);
        Assert.Equal("held", await child.ReadLineAsync());
        var error = await Assert.ThrowsAsync<HpcException>(() => FileLock.AcquireAsync(path, "test", TimeSpan.FromMilliseconds(50)));
        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
        await child.EndAsync();
        using var held = await FileLock.AcquireAsync(path, "test", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Many_at_once_are_one_at_a_time()
    {
        var path = temp["x.lock"];
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var held = await FileLock.AcquireAsync(path, "test", TimeSpan.FromMinutes(1));
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        }));
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_path_that_cannot_be_is_an_error_that_names_it()
    {
        temp.Write("file");
        var error = await Assert.ThrowsAsync<HpcException>(() => FileLock.AcquireAsync(temp["file/x.lock"], "test", TimeSpan.FromSeconds(1)));
        Assert.Contains(temp["file/x.lock"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_file_with_other_content_names_no_holder()
    {
        foreach (var content in (string[])["", "x", "[]", "{}", """{"pid":"x"}"""])
            Assert.Null(FileLock.ReadHolder(temp.Write("x.lock", content)));
        Assert.Null(FileLock.ReadHolder(temp["absent"]));
    }
}
