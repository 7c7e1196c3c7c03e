using HpcAgent.Engine.Operations.Resume;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>How the wait for a run ended.</summary>
public sealed record MonitorResult
{
    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>Its last status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The state with which the wait ended: that of the run, or <see cref="LifecycleState.Timeout"/>.</summary>
    public required LifecycleState State { get; init; }

    /// <summary>The resumptions of the run that its policy made, by this wait or another.</summary>
    public IReadOnlyList<AutoRetryRound> AutoRetries { get; init; } = [];

    /// <summary>How often the run was looked at.</summary>
    public required int LookCount { get; init; }

    /// <summary>How long the wait took.</summary>
    public required TimeSpan Elapsed { get; init; }
}
