using System.Globalization;

namespace HpcAgent;

/// <summary>A value of a parameter, or a node, that the tasks of a group have more often than the other tasks that ended.</summary>
public sealed record FailureLift
{
    /// <summary>The parameter; null for the node.</summary>
    public string? Parameter { get; init; }

    /// <summary>How the value is compared.</summary>
    public LiftComparison Comparison { get; init; }

    /// <summary>The value, or the name of the node.</summary>
    public required object? Value { get; init; }

    /// <summary>The value as text.</summary>
    public required string ValueText { get; init; }

    /// <summary>How many tasks of the group have it.</summary>
    public required long GroupMatchCount { get; init; }

    /// <summary>How many tasks of the group there are; for nodes, of those whose node is known.</summary>
    public required long GroupCount { get; init; }

    /// <summary>How many of the others have it.</summary>
    public required long OtherMatchCount { get; init; }

    /// <summary>How many others there are: tasks that ended, with success or for another cause.</summary>
    public required long OtherCount { get; init; }

    /// <summary>The odds ratio of the two-by-two table with a half added to each cell (Haldane and Anscombe), so that it is finite.</summary>
    public required double OddsRatio { get; init; }

    /// <summary>
    /// The probability that as many tasks of the group have it by chance: one-sided exact test of Fisher, times the number of values looked at
    /// (Bonferroni), at most 1.
    /// </summary>
    public required double PValue { get; init; }

    /// <summary>The same before it was multiplied.</summary>
    public required double UncorrectedPValue { get; init; }

    /// <summary>In words, such as <c>all 12 have batch=256 (p 1e-9)</c>.</summary>
    public override string ToString()
    {
        string sign = Comparison switch { LiftComparison.AtLeast => ">=", LiftComparison.AtMost => "<=", _ => "=" };
        bool one = GroupMatchCount == 1;
        string what = Parameter is null ? $"{(one ? "was" : "were")} on node {ValueText}" : $"{(one ? "has" : "have")} {Parameter}{sign}{ValueText}";
        string who = string.Create(CultureInfo.InvariantCulture, $"{(GroupMatchCount == GroupCount ? $"all {GroupCount}" : $"{GroupMatchCount} of {GroupCount}")} {what}");
        string others = OtherMatchCount == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {(OtherMatchCount == OtherCount ? $"and all {OtherCount}" : $"{OtherMatchCount} of {OtherCount}")} others");
        string chance = PValue < 1e-300 ? "p < 1e-300" : "p " + PValue.ToString(PValue < 0.001 ? "0e-0" : "0.###", CultureInfo.InvariantCulture);
        return $"{who}{others} ({chance})";
    }
}
