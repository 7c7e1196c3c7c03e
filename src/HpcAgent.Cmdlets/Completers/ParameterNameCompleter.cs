using System.Collections;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>Completes the names of a run's parameters, from its task table if that is on this machine.</summary>
public sealed class ParameterNameCompleter : LocalCompleter
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(IDictionary bound)
    {
        if (BoundRun.Find(bound, ExperimentPath(bound)) is not { } view) return [];
        using TaskTable table = TaskTable.Open(view.Layout.Tasks);
        IReadOnlyDictionary<string, object?> first = table.Read(0).Parameters;
        return [.. first.Select(p => (p.Key, $"in task 0: {PlainText.Of(p.Value)}"))];
    }
}
