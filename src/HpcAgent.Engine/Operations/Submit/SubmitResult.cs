using HpcAgent.Engine.Operations.Canary;

namespace HpcAgent.Engine.Operations.Submit;

/// <summary>What came of a submission.</summary>
public sealed record SubmitResult
{
    /// <summary>The run: a new one, or the one that was there already.</summary>
    public required Run Run { get; init; }

    /// <summary>The plan that was, or would be, carried out.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>True if only the plan was asked for.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>False if only a canary was sent.</summary>
    public bool IsMainLaunched { get; init; } = true;

    /// <summary>What was, or would be, done about a canary; null if none was asked for.</summary>
    public CanaryStep? Canary { get; init; }

    /// <summary>What the caller should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What it cost.</summary>
    public Wire Wire { get; init; } = new();
}
