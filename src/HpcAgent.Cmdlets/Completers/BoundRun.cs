using System.Collections;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cmdlets;

/// <summary>The run that an unfinished command line is about: the one it names, else the newest.</summary>
internal static class BoundRun
{
    /// <summary>Its view, with nothing read, or null if there is no such run.</summary>
    public static RunView? Find(IDictionary bound, string experimentPath)
    {
        RunStore store = new(ModuleContext.State(), experimentPath, TimeProvider.System);
        string? named = bound["RunId"] switch
        {
            string text => text,
            IEnumerable list => list.Cast<object?>().FirstOrDefault()?.ToString(),
            _ => null,
        };
        RunRecord? record = named is not null
            ? AsyncCmdlet.Await(() => store.FindAsync(named))
            : AsyncCmdlet.Await(() => store.ListAsync()).Runs is [{ } newest, ..] ? newest : null;
        return record is null ? null : ModuleContext.Create(experimentPath, "").Cluster(record.Run.Cluster).View(record);
    }
}
