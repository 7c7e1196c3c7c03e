using System.Collections;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Cmdlets;

/// <summary>Completes the names of statistics.</summary>
public sealed class StatisticCompleter : LocalCompleter
{
    private static readonly string[] s_quantiles = ["p05", "p25", "p75", "p95"];

    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(IDictionary bound) =>
        Statistic.Names.Select(name => (name, name)).Concat(s_quantiles.Select(name => (name, "a quantile, in percent")));
}
