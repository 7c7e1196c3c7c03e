namespace HpcAgent.Engine.Operations.Canary;

/// <summary>What is known of a canary when it is judged.</summary>
internal sealed record CanaryEvidence
{
    /// <summary>Its task.</summary>
    public required RunTaskStatus Task { get; init; }

    /// <summary>Where its run stands, or <see cref="LifecycleState.Timeout"/> if the time to wait was up first.</summary>
    public required LifecycleState State { get; init; }

    /// <summary>The end of its log.</summary>
    public string Log { get; init; } = "";

    /// <summary>True if it left metrics.</summary>
    public bool HasMetrics { get; init; }

    /// <summary>The files that it had to leave and that are not there, as they were named.</summary>
    public IReadOnlyList<string> MissingOutputs { get; init; } = [];
}
