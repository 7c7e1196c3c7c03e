using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59.4, "59s")]
    [InlineData(59.6, "1m")]
    [InlineData(1800, "30m")]
    [InlineData(3569, "59m")]
    [InlineData(3570, "1h")]
    [InlineData(3900, "1h05m")]
    [InlineData(86399, "1d00h")]
    [InlineData(183600, "2d03h")]
    public void Reads_as_people_say_it(double seconds, string expected) => Assert.Equal(expected, DurationText.Format(TimeSpan.FromSeconds(seconds)));
}
