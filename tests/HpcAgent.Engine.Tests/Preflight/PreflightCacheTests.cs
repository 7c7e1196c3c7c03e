using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tests.Runs;

namespace HpcAgent.Engine.Tests.Preflight;

public sealed class PreflightCacheTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly FakeClock _clock = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task What_passed_holds_for_a_day_with_all_that_it_said()
    {
        ClusterCheck check = Check(ClusterCheckState.Warning) with { Remediation = "do", Elapsed = TimeSpan.FromSeconds(2.5), CheckedAt = _clock.Now };
        await WriteAsync(check);
        _clock.Now += TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1);
        Assert.Equal(check, Assert.Single(Cache.Read("c", "key", false)!.Checks));
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Null(Cache.Read("c", "key", false));
    }

    [Fact]
    public async Task Another_configuration_another_cluster_or_a_wanted_job_do_not_count()
    {
        await WriteAsync(Check(ClusterCheckState.Passed));
        Assert.NotNull(Cache.Read("c", "key", false));
        Assert.Null(Cache.Read("c", "other", false));
        Assert.Null(Cache.Read("d", "key", false));
        Assert.Null(Cache.Read("c", "key", true));
    }

    [Fact]
    public async Task A_failure_is_not_kept_and_forgets_what_passed_before()
    {
        await WriteAsync(Check(ClusterCheckState.Passed));
        await WriteAsync(Check(ClusterCheckState.Failed));
        Assert.Null(Cache.Read("c", "key", false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"version\": 2}")]
    public void A_file_that_cannot_be_read_is_none(string content)
    {
        _ = _temp.Write("state/preflight/c.json", content);
        Assert.Null(Cache.Read("c", "key", false));
    }

    [Fact]
    public async Task A_clock_that_was_put_back_makes_it_none()
    {
        await WriteAsync(Check(ClusterCheckState.Passed));
        _clock.Now -= TimeSpan.FromHours(1);
        Assert.Null(Cache.Read("c", "key", false));
    }

    [Fact]
    public void The_key_changes_with_the_file_and_its_content()
    {
        string one = _temp.Write("a.yaml", "x: 1");
        string before = PreflightCache.KeyOf(one);
        Assert.Equal(before, PreflightCache.KeyOf(one));
        Assert.NotEqual(before, PreflightCache.KeyOf(_temp.Write("b.yaml", "x: 1")));
        _ = _temp.Write("a.yaml", "x: 2");
        Assert.NotEqual(before, PreflightCache.KeyOf(one));
        Assert.Equal("", PreflightCache.KeyOf(_temp["none"]));
        Assert.Equal("", PreflightCache.KeyOf(null));
    }

    private PreflightCache Cache => new(new StateFolder(new StateEnvironment { JournalDirectory = _temp["state"] }), _clock);

    private Task WriteAsync(ClusterCheck check) => Cache.WriteAsync("c", new PreflightRecord(PreflightRecord.Current, "key", false, _clock.Now, [check]), default);

    private static ClusterCheck Check(ClusterCheckState state) => new() { Cluster = "c", Name = "n", State = state, Message = "m" };
}
