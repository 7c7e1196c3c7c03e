using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class SupervisorOptionsTests
{
    [Fact]
    public void Variables_say_what_may_be_used()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal)
        {
            ["HPC_LOCAL_SLOTS"] = "3",
            ["HPC_LOCAL_MEMORY_BYTES"] = "1e9",
            ["HPC_LOCAL_LINGER_SEC"] = "0.5",
            ["HPC_LOCAL_MAX_LOG_BYTES"] = "1000",
        };
        SupervisorOptions options = SupervisorOptions.FromEnvironment(name => variables.GetValueOrDefault(name));
        Assert.Equal((3, 1_000_000_000L, TimeSpan.FromSeconds(0.5), 1000L), (options.Slots, options.MemoryBytes, options.Linger, options.MaxLogBytes));
        Assert.Equal(new SupervisorOptions(), SupervisorOptions.FromEnvironment(_ => null));
    }

    [Theory]
    [InlineData("HPC_LOCAL_SLOTS", "many")]
    [InlineData("HPC_LOCAL_SLOTS", "0")]
    [InlineData("HPC_LOCAL_SLOTS", "0.5")]
    [InlineData("HPC_LOCAL_SLOTS", "99999999999")]
    [InlineData("HPC_LOCAL_LINGER_SEC", "-1")]
    [InlineData("HPC_LOCAL_MEMORY_BYTES", "NaN")]
    [InlineData("HPC_LOCAL_MAX_LOG_BYTES", "1,5")]
    public void A_value_that_cannot_be_is_named(string name, string value)
    {
        HpcException error = Assert.Throws<HpcException>(() => SupervisorOptions.FromEnvironment(n => n == name ? value : null));
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }
}
