namespace HpcAgent.Benchmarks;

/// <summary>One line of the table: our series beside that of a peer.</summary>
/// <param name="Figure">What is measured.</param>
/// <param name="Ours">Our series.</param>
/// <param name="Peer">The peer's series; null for an absolute target.</param>
/// <param name="Unit">The unit of both.</param>
/// <param name="Target">The target for ours divided by the peer's, or for ours where there is no peer; null for none.</param>
/// <param name="MoreIsBetter">Whether the target is the least or the most.</param>
internal sealed record Row(string Figure, string Ours, string? Peer, string Unit, double? Target = null, bool MoreIsBetter = false)
{
    /// <summary>Ours divided by the peer's, round by round.</summary>
    public double[] Ratios(Samples samples) =>
        Peer is null ? [] : [.. samples.Of(Ours).Zip(samples.Of(Peer), (ours, peer) => ours / peer)];

    /// <summary>Whether the median meets the target; null if there is none or nothing was measured.</summary>
    public bool? IsMet(Samples samples)
    {
        double value = Samples.Median(Peer is null ? samples.Of(Ours) : Ratios(samples));
        if (Target is not { } target || double.IsNaN(value)) return null;
        return MoreIsBetter ? value >= target : value <= target;
    }
}
