using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Runs;

public sealed class RunIdTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("a")]
    [InlineData("run-1_x.y")]
    [InlineData("20260102-030405-0123abcd")]
    [InlineData("_x")]
    [InlineData("console")]
    [InlineData("com0")]
    [InlineData("com10")]
    public void Plain_names_are_taken(string text) => Assert.True(RunId.IsValid(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("Com1")]
    [InlineData("LPT9.x")]
    public void Names_that_no_file_should_have_are_refused(string? text)
    {
        Assert.False(RunId.IsValid(text));
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => RunId.Require(text)).Code);
    }

    [Fact]
    public void The_length_ends_at_128()
    {
        Assert.True(RunId.IsValid(new('a', 128)));
        Assert.False(RunId.IsValid(new('a', 129)));
    }

    [Fact]
    public void A_new_name_holds_the_time_in_utc_and_the_identity() =>
        Assert.Equal("sweep-20260102-030405-01234567", RunId.Create("sweep", Time, "0123456789abcdef"));

    [Theory]
    [InlineData("", "20260102-030405-abcdef01")]
    [InlineData("..", "20260102-030405-abcdef01")]
    [InlineData("my sweep/é.", "my-sweep-20260102-030405-abcdef01")]
    [InlineData("con", "con-20260102-030405-abcdef01")]
    public void A_new_name_is_made_of_what_the_user_gives(string name, string expected) =>
        Assert.Equal(expected, RunId.Create(name, Time, "abcdef0123"));

    [Fact]
    public void A_new_name_is_valid_whatever_the_user_gives() =>
        Prop.ForAll<NonNull<string>>(name => RunId.IsValid(RunId.Create(name.Get, Time, "abcdef0123"))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_long_name_keeps_its_identity() => Assert.EndsWith("-abcdef01", RunId.Create(new('x', 500), Time, "abcdef0123"), StringComparison.Ordinal);
}
