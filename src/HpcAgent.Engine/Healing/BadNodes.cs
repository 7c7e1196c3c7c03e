using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Healing;

/// <summary>Nodes on which so many tasks failed that it is no chance.</summary>
internal static class BadNodes
{
    /// <summary>Finds them. Never all nodes that the run has seen: then it is not the nodes.</summary>
    /// <param name="failures">Why tasks failed.</param>
    /// <param name="view">The run.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<FailureGroup> failures, RunView view)
    {
        string[] bad = [.. failures.Where(MayBeTheNode).SelectMany(Nodes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int seen = Enumerable.Range(0, checked((int)view.Ledger.TaskCount)).Select(id => view.Ledger.Node(id)).Where(n => n is not null).Distinct(StringComparer.Ordinal).Count();
        return bad.Length < seen ? bad : [];
    }

    /// <summary>True if these failures are those of the given nodes.</summary>
    public static bool Explain(FailureGroup failure, IReadOnlyList<string> nodes) => MayBeTheNode(failure) && Nodes(failure).Intersect(nodes, StringComparer.Ordinal).Any();

    // Too little memory or time is the task's own, wherever it ran.
    private static bool MayBeTheNode(FailureGroup failure) => failure.Category is not
        (FailureCategory.SystemOutOfMemory or FailureCategory.GpuOutOfMemory or FailureCategory.Walltime or FailureCategory.Preempted or FailureCategory.Cancelled);

    private static IEnumerable<string> Nodes(FailureGroup failure) =>
        failure.Lifts.Where(l => l.Parameter is null && l.PValue < RetryPolicy.Significance && IsStrongest(failure, l)).Select(l => l.ValueText);

    // A parameter that says more than the node is the cause, and the node the place where such tasks happened to be.
    private static bool IsStrongest(FailureGroup failure, FailureLift node) =>
        failure.Lifts.All(l => l.Parameter is null || l.UncorrectedPValue >= node.UncorrectedPValue);
}
