namespace HpcAgent.Engine.Healing;

/// <summary>What is done about one kind of failure.</summary>
/// <param name="MaxRetries">How often a task is sent again for it; null for any number, because the task is not to blame.</param>
/// <param name="MemoryFactor">By what the memory is multiplied.</param>
/// <param name="WalltimeFactor">By what the time limit is multiplied.</param>
public sealed record RetryRule(int? MaxRetries, double MemoryFactor = 1, double WalltimeFactor = 1)
{
    /// <summary>Tasks are left as they are.</summary>
    public static RetryRule Never { get; } = new(0);

    /// <summary>Where tasks run again.</summary>
    public RetryPlace Place { get; init; } = RetryPlace.Same;
}
