using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Tests.Operations.Watching;

public sealed class QueryBudgetTests : IDisposable
{
    private readonly WatchFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Half_may_be_used_at_once_and_the_rest_comes_over_the_hour()
    {
        QueryBudget one = _fixture.Budget();
        QueryBudget other = _fixture.Budget();
        for (int i = 0; i < 20; i++) Assert.Equal(TimeSpan.Zero, await (i % 2 == 0 ? one : other).TakeAsync(CancellationToken.None));
        TimeSpan wait = await one.TakeAsync(CancellationToken.None);
        Assert.Equal(TimeSpan.FromMinutes(3), wait);
        Assert.Equal(wait, await other.TakeAsync(CancellationToken.None));
        _fixture.Clock.Advance(wait);
        Assert.Equal(TimeSpan.Zero, await other.TakeAsync(CancellationToken.None));
        Assert.NotEqual(TimeSpan.Zero, await one.TakeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_a_person_asks_counts_and_makes_no_debt()
    {
        QueryBudget budget = _fixture.Budget();
        await budget.ChargeAsync(500, CancellationToken.None);
        Assert.Equal(TimeSpan.FromMinutes(3), await budget.TakeAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("NaN 12")]
    [InlineData("-5 99999999999999999")]
    [InlineData("1e300 1")]
    public async Task A_damaged_file_is_no_reason_to_stop_watching(string content)
    {
        Directory.CreateDirectory(Path.Join(_fixture.State.Root, "sites"));
        File.WriteAllText(Path.Join(_fixture.State.Root, "sites", "fake.queries"), content);
        QueryBudget budget = _fixture.Budget();
        TimeSpan wait = await budget.TakeAsync(CancellationToken.None);
        Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromMinutes(3));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.Zero, await budget.TakeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_refuses_nothing()
    {
        File.WriteAllText(Path.Join(Directory.CreateDirectory(_fixture.State.Root).FullName, "sites"), "a file in the way");
        Assert.Equal(TimeSpan.Zero, await _fixture.Budget(1).TakeAsync(CancellationToken.None));
        Assert.Equal(TimeSpan.Zero, await _fixture.Budget(1).TakeAsync(CancellationToken.None));
    }
}
