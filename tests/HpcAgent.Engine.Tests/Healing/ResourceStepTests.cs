using HpcAgent.Engine.Healing;

namespace HpcAgent.Engine.Tests.Healing;

public sealed class ResourceStepTests
{
    private const long Mega = 1 << 20;
    private static readonly RetryRule s_memory = new(4, MemoryFactor: 2);
    private static readonly RetryRule s_time = new(3, WalltimeFactor: 2);

    [Theory]
    // had, largest node, peak of complete tasks, peak of these: wanted (MB; 0 for not known)
    [InlineData(100, 0, 0, 0, 200)]
    [InlineData(100, 150, 0, 0, 150)]
    [InlineData(100, 1000, 40, 0, 200)]
    [InlineData(100, 1000, 200, 0, 250)]
    [InlineData(100, 1000, 0, 320, 400)]
    [InlineData(100, 110, 0, 320, 110)]
    [InlineData(0, 1000, 0, 300, 600)]
    [InlineData(0, 1000, 0, 0, 250)]
    public void Memory_grows_by_what_was_measured_or_by_a_factor_within_the_largest_node(long had, long largest, long complete, long failed, long wanted)
    {
        ResourceStep step = new(new ResourceRequest { MemoryBytes = Known(largest) }, Known(complete), Known(failed), null);
        (ResourceRequest? next, string reason) = step.Next(new ResourceRequest { Cpus = 3, MemoryBytes = Known(had) }, s_memory);
        Assert.Equal((wanted * Mega, 3), (next!.MemoryBytes, next.Cpus));
        Assert.StartsWith("memory ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_grow_is_said()
    {
        (ResourceRequest? next, string reason) = new ResourceStep(new ResourceRequest { MemoryBytes = 100 * Mega }, null, null, null).Next(new ResourceRequest { MemoryBytes = 100 * Mega }, s_memory);
        Assert.Null(next);
        Assert.Equal("they had 100 MB, and no node has more", reason);
        (next, reason) = new ResourceStep(new ResourceRequest(), null, null, null).Next(new ResourceRequest(), s_memory);
        Assert.Null(next);
        Assert.Contains("give the memory", reason, StringComparison.Ordinal);
        (next, reason) = new ResourceStep(new ResourceRequest { Walltime = TimeSpan.FromHours(1) }, null, null, null).Next(new ResourceRequest { Walltime = TimeSpan.FromHours(1) }, s_time);
        Assert.Null(next);
        Assert.Equal("they had 1h, and the cluster allows no more", reason);
        (next, _) = new ResourceStep(new ResourceRequest(), null, null, null).Next(new ResourceRequest(), s_time);
        Assert.Null(next);
    }

    [Fact]
    public void Time_doubles_within_what_the_cluster_allows()
    {
        ResourceStep step = new(new ResourceRequest { Walltime = TimeSpan.FromMinutes(90) }, null, null, TimeSpan.FromMinutes(7));
        Assert.Equal(TimeSpan.FromMinutes(60), step.Next(new ResourceRequest { Walltime = TimeSpan.FromMinutes(30) }, s_time).Resources!.Walltime);
        Assert.Equal(TimeSpan.FromMinutes(90), step.Next(new ResourceRequest { Walltime = TimeSpan.FromMinutes(60) }, s_time).Resources!.Walltime);
        // Where no limit was asked for, the one that they met.
        Assert.Equal(TimeSpan.FromMinutes(14), step.Next(new ResourceRequest(), s_time).Resources!.Walltime);
    }

    private static long? Known(long megabytes) => megabytes == 0 ? null : megabytes * Mega;
}
