namespace HpcAgent.Engine.Preflight;

/// <summary>Collects the checks of one cluster.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="clock">The clock.</param>
internal sealed class CheckList(string cluster, TimeProvider clock)
{
    private readonly List<ClusterCheck> _checks = [];

    public IReadOnlyList<ClusterCheck> Checks => _checks;

    /// <summary>True if any check so far has failed.</summary>
    public bool HasFailed => _checks.Exists(c => c.State == ClusterCheckState.Failed);

    public void Pass(string name, string message, TimeSpan? elapsed = null) => Add(name, ClusterCheckState.Passed, message, null, elapsed);

    public void Warn(string name, string message, string remedy, TimeSpan? elapsed = null) => Add(name, ClusterCheckState.Warning, message, remedy, elapsed);

    public void Fail(string name, string message, string? remedy, TimeSpan? elapsed = null) => Add(name, ClusterCheckState.Failed, message, remedy, elapsed);

    public void Skip(string name, string why) => Add(name, ClusterCheckState.Skipped, why, null, null);

    public void Add(IEnumerable<ClusterCheck> checks) => _checks.AddRange(checks);

    private void Add(string name, ClusterCheckState state, string message, string? remedy, TimeSpan? elapsed) => _checks.Add(new ClusterCheck
    {
        Cluster = cluster,
        Name = name,
        State = state,
        Message = message,
        Remediation = remedy,
        Elapsed = elapsed,
        CheckedAt = clock.GetUtcNow(),
    });
}
