namespace HpcAgent.Engine.Failures;

/// <summary>Failed tasks with one cause.</summary>
internal sealed class FailureCluster
{
    public required FailureRule Rule { get; init; }

    /// <summary>The cause in the most exact form that fits all of them.</summary>
    public required string Text { get; init; }

    /// <summary>The place in the code if it is the same for all.</summary>
    public string? Location { get; init; }

    /// <summary>What stays the same from run to run.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The tasks, in the order of their ids.</summary>
    public required IReadOnlyList<FailureVerdict> Members { get; init; }

    /// <summary>The different lines, the most frequent first.</summary>
    public required IReadOnlyList<string> Variants { get; init; }
}
