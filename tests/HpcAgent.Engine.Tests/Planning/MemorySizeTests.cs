using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class MemorySizeTests
{
    [Theory]
    [InlineData("512M", 512L << 20)]
    [InlineData("8G", 8L << 30)]
    [InlineData("8GB", 8L << 30)]
    [InlineData("8 GiB", 8L << 30)]
    [InlineData("8gib", 8L << 30)]
    [InlineData("1.5T", 3L << 39)]
    [InlineData("64k", 65536)]
    [InlineData("1048576", 1048576)]
    [InlineData("1048576B", 1048576)]
    [InlineData("100B", 100)]
    [InlineData(" 2G ", 2L << 30)]
    [InlineData("0.3G", 322122548)]
    public void Reads_what_people_write(string text, long bytes) => Assert.Equal(bytes, MemorySize.Parse(text));

    [Theory]
    [InlineData("8")]
    [InlineData("999999")]
    [InlineData("0G")]
    [InlineData("-8G")]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("8X")]
    [InlineData("8GG")]
    [InlineData("1,5G")]
    [InlineData("1..5G")]
    [InlineData("8e9")]
    [InlineData("99999999999T")]
    public void Refuses_the_rest_and_shows_how_to_write_it(string text)
    {
        HpcException error = Assert.Throws<HpcException>(() => MemorySize.Parse(text));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("8G", error.Remediation, StringComparison.Ordinal);
    }
}
