using System.Collections;
using System.Globalization;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cmdlets;

/// <summary>Completes task ids, those that failed first; from the events that are on this machine.</summary>
public sealed class TaskIdCompleter : LocalCompleter
{
    private const int Most = 200;

    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(IDictionary bound)
    {
        if (BoundRun.Find(bound, ExperimentPath(bound)) is not { } view) return [];
        _ = view.Events.ReadNew((e, node) => view.Ledger.Apply(e, node));
        IEnumerable<long> failed = view.Ledger.TasksIn(s => s.IsUnsuccessful()).Take(Most);
        IEnumerable<long> others = view.Ledger.TasksIn(s => !s.IsUnsuccessful()).Take(Most);
        return failed.Concat(others).Select(id => (id.ToString(CultureInfo.InvariantCulture), _Format.Words(view.Ledger[id])));
    }
}
