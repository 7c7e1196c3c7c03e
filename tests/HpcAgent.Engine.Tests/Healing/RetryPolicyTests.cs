using System.Text.Json;
using HpcAgent.Engine.Healing;

namespace HpcAgent.Engine.Tests.Healing;

public sealed class RetryPolicyTests
{
    [Fact]
    public void What_is_not_the_tasks_fault_is_always_sent_again_and_errors_of_code_never()
    {
        RetryPolicy policy = new();
        Assert.Null(policy[FailureCategory.Preempted].MaxRetries);
        Assert.Equal((4, 2.0), (policy[FailureCategory.SystemOutOfMemory].MaxRetries, policy[FailureCategory.SystemOutOfMemory].MemoryFactor));
        Assert.Equal(0, policy[FailureCategory.CodeBug].MaxRetries);
        Assert.Equal(0, policy[FailureCategory.GpuOutOfMemory].MaxRetries);
    }

    [Fact]
    public void A_request_changes_what_it_names_and_nothing_else()
    {
        RetryPolicy policy = Read("""{"system_oom": {"max_attempts": 1, "memory_factor": 1.5}, "code_bug": 2}""");
        Assert.Equal((1, 1.5), (policy[FailureCategory.SystemOutOfMemory].MaxRetries, policy[FailureCategory.SystemOutOfMemory].MemoryFactor));
        Assert.Equal(2, policy[FailureCategory.CodeBug].MaxRetries);
        Assert.Equal(2.0, policy[FailureCategory.Walltime].WalltimeFactor);
        Assert.Equal(new RetryPolicy()[FailureCategory.Lost], RetryPolicy.Read(null)[FailureCategory.Lost]);
    }

    [Theory]
    [InlineData("""{"system_om": 1}""", "Did you mean 'system_oom'?")]
    [InlineData("""{"system_oom": {"memory_facter": 1}}""", "memory_factor")]
    [InlineData("""{"system_oom": {"memory_factor": 0.5}}""", "from 1 to 100")]
    [InlineData("""{"system_oom": {"max_retries": -1}}""", "from 0 to 100")]
    [InlineData("""{"system_oom": "often"}""", "neither a number")]
    public void What_cannot_be_meant_is_refused_by_name(string json, string words)
    {
        HpcException error = Assert.Throws<HpcException>(() => Read(json));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static RetryPolicy Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return RetryPolicy.Read(document.RootElement);
    }
}
