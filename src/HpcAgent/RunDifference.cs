namespace HpcAgent;

/// <summary>Something that the record of a run said otherwise than its cluster.</summary>
/// <param name="Field">What it is about: <c>state</c>, <c>tasks</c> or <c>submission</c>.</param>
/// <param name="Recorded">What the record said.</param>
/// <param name="Found">What the cluster says, which is recorded now.</param>
public sealed record RunDifference(string Field, string Recorded, string Found)
{
    /// <summary>Both in one line.</summary>
    public override string ToString() => $"{Field}: recorded {Recorded}, found {Found}";
}
