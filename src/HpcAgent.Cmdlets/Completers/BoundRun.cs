using System.Collections;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cmdlets;

/// <summary>The run that an unfinished command line is about: the one it names, else the newest.</summary>
internal static class BoundRun
{
    public static Run? Find(IDictionary bound, string experimentPath)
    {
        RunStore store = new(ModuleContext.State(), experimentPath, TimeProvider.System);
        string? named = bound["RunId"] switch
        {
            string text => text,
            IEnumerable list => list.Cast<object?>().FirstOrDefault()?.ToString(),
            _ => null,
        };
        if (named is not null) return AsyncCmdlet.Await(() => store.FindAsync(named))?.Run;
        return AsyncCmdlet.Await(() => store.ListAsync()).Runs is [{ } newest, ..] ? newest.Run : null;
    }
}
