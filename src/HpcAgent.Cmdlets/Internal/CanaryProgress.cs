using System.Management.Automation;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Cmdlets;

/// <summary>What is shown while a canary is waited for.</summary>
internal static class CanaryProgress
{
    public static ProgressRecord Of(RunStatus canary)
    {
        string text = canary.Counts switch
        {
            { RunningCount: > 0 } => canary.StartedAt is { } start && canary.ObservedAt > start ? $"running for {DurationText.Format(canary.ObservedAt - start)}" : "running",
            { PendingCount: > 0 } => "waiting in the queue",
            { HeldCount: > 0 } => "held in the queue",
            { UnknownCount: > 0 } => "its end is looked for",
            _ => "ended",
        };
        return new ProgressRecord(1, $"Canary {canary.RunId}", $"{text}; the run follows if it succeeds, Ctrl+C leaves it running");
    }
}
