using System.Collections;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cmdlets;

/// <summary>Completes run ids, the newest first.</summary>
public sealed class RunIdCompleter : LocalCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(IDictionary bound)
    {
        RunStore store = new(ModuleContext.State(), ExperimentPath(bound), TimeProvider.System);
        RunListing runs = AsyncCmdlet.Await(() => store.ListAsync());
        return runs.Runs.Select(r => (r.Run.RunId, $"{_Format.Words(r.Run.State)}, {r.Run.Cluster}, {r.Run.TaskCount} tasks, {_Format.Age(r.Run.SubmittedAt)} ago"));
    }
}
