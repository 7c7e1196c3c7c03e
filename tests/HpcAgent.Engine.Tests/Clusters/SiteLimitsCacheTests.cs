using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tests.Runs;

namespace HpcAgent.Engine.Tests.Clusters;

public sealed class SiteLimitsCacheTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SiteConfig s_site = new() { Name = "a", Scheduler = "slurm", Host = "h", User = "u", Origin = "f:1" };

    private static readonly SiteLimits s_limits = new()
    {
        MaxArrayIndex = 1000,
        MaxSubmittedElements = 5000,
        MaxRunningElements = 400,
        MaxJobs = 7,
        MaxWalltime = TimeSpan.FromDays(2),
        DefaultWalltime = TimeSpan.FromHours(1),
        MaxNodeMemoryBytes = 1L << 40,
        MaxNodeProcessors = 64,
        Partitions = [new("short", true, TimeSpan.FromHours(2), true), new("long", false, null, false)],
        ParallelEnvironments = ["shared"],
        Accounts = ["hpc", "other"],
        Version = "slurm 24.11.1",
        AskedAt = s_now.AddHours(-2),
    };

    [Fact]
    public async Task What_is_written_is_read_with_its_age()
    {
        using TempFolder folder = new();
        SiteLimitsCache cache = Cache(folder);
        Assert.Null(cache.Read(s_site));
        await cache.WriteAsync(s_site, s_limits);
        CachedLimits read = cache.Read(s_site)!;
        Assert.Equal(TimeSpan.FromHours(2), read.Age);
        Assert.Equal(s_limits.Partitions, read.Limits.Partitions);
        Assert.Equal(s_limits.ParallelEnvironments, read.Limits.ParallelEnvironments);
        Assert.Equal(s_limits.Accounts, read.Limits.Accounts);
        Assert.Equal(s_limits, read.Limits with { Partitions = s_limits.Partitions, Qualities = s_limits.Qualities, Accounts = s_limits.Accounts, ParallelEnvironments = s_limits.ParallelEnvironments });
        Assert.True(File.Exists(folder["sites/a.json"]));
    }

    [Fact]
    public async Task Limits_that_do_not_say_when_were_asked_now_and_the_future_has_no_age()
    {
        using TempFolder folder = new();
        SiteLimitsCache cache = Cache(folder);
        await cache.WriteAsync(s_site, new SiteLimits());
        Assert.Equal((TimeSpan.Zero, s_now), (cache.Read(s_site)!.Age, cache.Read(s_site)!.Limits.AskedAt!.Value));
        await cache.WriteAsync(s_site, new SiteLimits { AskedAt = s_now.AddHours(5) });
        Assert.Equal(TimeSpan.Zero, cache.Read(s_site)!.Age);
    }

    [Fact]
    public async Task A_changed_entry_does_not_get_the_limits_of_the_old_one()
    {
        using TempFolder folder = new();
        SiteLimitsCache cache = Cache(folder);
        await cache.WriteAsync(s_site, s_limits);
        SiteConfig[] changed =
        [
            s_site with { Name = "A" }, s_site with { Host = "other" }, s_site with { Host = null }, s_site with { User = "v" },
            s_site with { Scheduler = "sge" }, s_site with { Port = 2 }, s_site with { SshConfig = "/c" },
            s_site with { Options = new() { Partition = "p" } }, s_site with { Options = new() { Queue = "p" } },
            s_site with { Options = new() { Account = "p" } }, s_site with { Options = new() { Qos = "p" } },
        ];
        Assert.All(changed, site => Assert.Null(cache.Read(site)));
        Assert.NotNull(cache.Read(s_site with { Modules = ["m"], Origin = "f:9" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"version\":2,\"site\":\"a\",\"limits\":{}}")]
    [InlineData("{\"version\":1,\"site\":\"a\\nslurm\\nu\\nh\\n\\n\\n\\n\\n\\n\",\"limits\":null}")]
    [InlineData("{\"version\":1,\"site\":\"a\\nslurm\\nu\\nh\\n\\n\\n\\n\\n\\n\",\"limits\":{\"asked_at\":\"2026-03-01T12:00:00Z\",\"partitions\":null}}")]
    public void A_record_that_cannot_be_read_does_not_count(string json)
    {
        using TempFolder folder = new();
        folder.Write("sites/a.json", json);
        Assert.Null(Cache(folder).Read(s_site));
    }

    [Fact]
    public void Configured_limits_stand_above_discovered_ones_field_by_field()
    {
        SiteLimits configured = new() { MaxArrayIndex = 5, MaxNodeProcessors = 8 };
        SiteLimits merged = SiteLimits.Merge(configured, s_limits);
        Assert.Equal(s_limits with { MaxArrayIndex = 5, MaxNodeProcessors = 8 }, merged);
        Assert.Equal(s_limits, SiteLimits.Merge(new SiteLimits(), s_limits));
        Assert.Equal(configured, SiteLimits.Merge(configured, null));
        SiteLimits all = s_limits with { AskedAt = null };
        Assert.Equal(all with { AskedAt = s_now }, SiteLimits.Merge(all, new SiteLimits { AskedAt = s_now }));
    }

    private static SiteLimitsCache Cache(TempFolder folder) =>
        new(new StateFolder(new StateEnvironment { JournalDirectory = folder.Root }), new FakeClock { Now = s_now });
}
