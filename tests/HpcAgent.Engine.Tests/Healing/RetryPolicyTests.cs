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
        Assert.Equal(new RetryPolicy()[FailureCategory.Lost], Read("{}")[FailureCategory.Lost]);
    }

    [Theory]
    [InlineData("""{"system_om": 1}""", "Did you mean 'system_oom'?")]
    [InlineData("""{"system_oom": {"memory_facter": 1}}""", "memory_factor")]
    [InlineData("""{"system_oom": {"memory_factor": 0.5}}""", "from 1 to 100")]
    [InlineData("""{"system_oom": {"max_retries": -1}}""", "from 0 to 100")]
    [InlineData("""{"system_oom": "often"}""", "neither a number")]
    [InlineData("""{"gpu_oom": {"constraint": ""}}""", "auto_retry.gpu_oom.constraint must be a word")]
    [InlineData("""{"max_retrys": 3}""", "Did you mean 'max_retries'?")]
    [InlineData("\"yes\"", "neither true, nor a number of retries, nor an object")]
    [InlineData("101", "from 0 to 100")]
    public void What_cannot_be_meant_is_refused_by_name(string json, string words)
    {
        HpcException error = Assert.Throws<HpcException>(() => Read(json));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void True_is_the_usual_policy_a_number_a_cap_and_false_or_nothing_is_none()
    {
        Assert.Equal((false, RetryPolicy.MostRetries), (Read("true").IsOff, Read("true").MaxRetries));
        Assert.Equal((2, 4), (Read("2").MaxRetries, Read("2")[FailureCategory.SystemOutOfMemory].MaxRetries));
        Assert.True(Read("false").IsOff);
        Assert.True(Read("0").IsOff);
        Assert.Null(TryRead("null"));
        RetryPolicy capped = Read("""{"max_retries": 3, "max_run_retries": 10}""");
        Assert.Equal((3, 10L, 12L), (capped.MaxRetries, capped.RetriesOfRun(4), Read("{}").RetriesOfRun(4)));
    }

    [Theory]
    [InlineData("true", "{}")]
    [InlineData("2", "{\"max_retries\":2}")]
    [InlineData("{\"walltime\":1}", "{\"walltime\":1}")]
    [InlineData("false", null)]
    [InlineData("0", null)]
    [InlineData("null", null)]
    public void A_record_holds_an_object_or_nothing(string given, string? kept)
    {
        using JsonDocument document = JsonDocument.Parse(given);
        Assert.Equal(kept, RetryPolicyReader.ForRecord(document.RootElement)?.GetRawText());
    }

    [Fact]
    public void What_a_person_cancelled_stays_cancelled_where_nobody_looks_unless_the_policy_names_it()
    {
        Assert.Null(new RetryPolicy()[FailureCategory.Cancelled].MaxRetries);
        Assert.Equal(0, new RetryPolicy().Unattended()[FailureCategory.Cancelled].MaxRetries);
        Assert.Equal(2, Read("""{"cancelled": 2}""").Unattended()[FailureCategory.Cancelled].MaxRetries);
        Assert.Null(new RetryPolicy().Unattended()[FailureCategory.Preempted].MaxRetries);
    }

    [Fact]
    public void To_name_larger_gpus_is_to_want_one_retry_on_them()
    {
        RetryRule rule = Read("""{"gpu_oom": {"constraint": "a100_80gb"}}""")[FailureCategory.GpuOutOfMemory];
        Assert.Equal((1, "a100_80gb", 1.0), (rule.MaxRetries, rule.Place.Constraint, rule.MemoryFactor));
        Assert.Equal(3, Read("""{"gpu_oom": {"gpu_type": "h100", "max_retries": 3}}""")[FailureCategory.GpuOutOfMemory].MaxRetries);
        Assert.Equal(0, Read("""{"gpu_oom": 0}""")[FailureCategory.GpuOutOfMemory].MaxRetries);
    }

    private static RetryPolicy Read(string json) => TryRead(json)!;

    private static RetryPolicy? TryRead(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return RetryPolicyReader.TryRead(document.RootElement);
    }
}
