using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class WalltimeTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("2h", 7200)]
    [InlineData("1.5h", 5400)]
    [InlineData("1d", 86400)]
    [InlineData("2H", 7200)]
    [InlineData(" 5m ", 300)]
    [InlineData("0:30:00", 1800)]
    [InlineData("48:00:00", 172800)]
    [InlineData("100:00:01", 360001)]
    [InlineData("00:00:01", 1)]
    [InlineData("1-00:00:00", 86400)]
    [InlineData("2-03:04:05", 183845)]
    [InlineData("0.5s", 0.5)]
    public void Reads_what_people_write(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Walltime.Parse(text));

    [Theory]
    [InlineData("30", "30 seconds or 30 minutes")]
    [InlineData("48:00", "48 hours 00 minutes or 48 minutes 00 seconds")]
    [InlineData("0", "above zero")]
    [InlineData("-30", "above zero")]
    [InlineData("0s", "no duration")]
    [InlineData("-5m", "no duration")]
    [InlineData("", "no duration")]
    [InlineData("m", "no duration")]
    [InlineData("5w", "no duration")]
    [InlineData("1:60:00", "no duration")]
    [InlineData("1:00:60", "no duration")]
    [InlineData("1-24:00:00", "no duration")]
    [InlineData("-1-00:00:00", "no duration")]
    [InlineData("1:2:3:4", "no duration")]
    [InlineData("1,5h", "no duration")]
    [InlineData("1e3s", "no duration")]
    [InlineData("99999999999999999999d", "no duration")]
    [InlineData("99999999999999-00:00:00", "no duration")]
    [InlineData("NaN", "")]
    public void Refuses_what_could_mean_two_things_or_nothing(string text, string why)
    {
        HpcException error = Assert.Throws<HpcException>(() => Walltime.Parse(text));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains("48:00:00", error.Remediation, StringComparison.Ordinal);
    }
}
