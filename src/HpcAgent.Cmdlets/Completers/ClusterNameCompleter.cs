using System.Collections;

namespace HpcAgent.Cmdlets;

/// <summary>Completes the names of clusters.</summary>
public sealed class ClusterNameCompleter : LocalCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(IDictionary bound)
    {
        Engine.Operations.OperationContext context = ModuleContext.Create(ExperimentPath(bound), "");
        return context.Sites.Entries.Select(site => (site.Name, $"{site.Config?.Scheduler ?? "cannot be used"}, {site.Origin}")).Prepend(("local", "this machine"));
    }
}
