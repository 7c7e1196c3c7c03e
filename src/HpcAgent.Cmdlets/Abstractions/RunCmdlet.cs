using System.Management.Automation;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cmdlets;

/// <summary>
/// A cmdlet that works on runs. It takes them by name, with wildcards, or from the pipeline by property name, and works on all of them
/// when the pipeline has ended.
/// </summary>
public abstract class RunCmdlet : RunSelectionCmdlet
{
    private readonly List<(string Pattern, string? Cluster, string? ExperimentPath)> _asked = [];

    /// <summary>True if this cmdlet means the runs that have not ended, else the newest, where none is named.</summary>
    protected virtual bool HasDefaultRuns => false;

    protected override void ProcessRecord()
    {
        if (RunId is null || RunId.Length == 0)
        {
            if (MyInvocation.ExpectingInput)
                WriteError(ErrorRecords.From(new HpcException(ErrorCode.SpecInvalid, "an object of the pipeline has no RunId", "Pipe in runs, such as Get-HpcRun gives."), null));
            return;
        }
        string? path = ExperimentPath is null ? null : ResolvePath(ExperimentPath);
        foreach (string pattern in RunId) _asked.Add((pattern, Cluster, path));
    }

    protected override void EndProcessing()
    {
        if (_asked.Count == 0 && MyInvocation.ExpectingInput) return;
        string here = ResolvePath(ExperimentPath);
        RunEngine(async token => await WorkAsync(await FindAsync(here, token), token), RunId);
    }

    /// <summary>Works on all the runs.</summary>
    private protected abstract Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token);

    /// <summary>Works on one run after the other; an error of one is written and does not keep the others.</summary>
    private protected async Task ForEachAsync(IEnumerable<RunTarget> targets, Func<RunTarget, Task> work)
    {
        foreach (RunTarget target in targets)
        {
            try
            {
                await work(target);
            }
            catch (Exception e) when (IsOurs(e))
            {
                await WriteErrorAsync(e, target.RunId);
            }
        }
    }

    private async Task<IReadOnlyList<RunTarget>> FindAsync(string here, CancellationToken token)
    {
        if (_asked.Count == 0) return await DefaultRunsAsync(here, token);
        List<RunTarget> found = [];
        foreach ((string pattern, string? cluster, string? path) in _asked)
        {
            foreach (RunTarget target in await MatchAsync(pattern, cluster, path, here, token))
                if (!found.Contains(target)) found.Add(target);
        }
        return found;
    }

    private static async Task<IEnumerable<RunTarget>> MatchAsync(string pattern, string? cluster, string? path, string here, CancellationToken token)
    {
        if (WildcardPattern.ContainsWildcardCharacters(pattern))
        {
            WildcardPattern wanted = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase);
            RunListing all = await ListAsync(path ?? here, token);
            return all.Runs.Where(r => wanted.IsMatch(r.Run.RunId) && (cluster is null || r.Run.Cluster == cluster))
                .Select(r => new RunTarget(r.Run.RunId, r.Run.ExperimentPath));
        }
        if (path is not null) return [new RunTarget(pattern, path)];
        // A run is known by its name wherever one stands; the folder matters only where two have the same.
        IReadOnlyList<string> places = Engine.Runs.RunId.IsValid(pattern) ? RunStore.ExperimentsOf(ModuleContext.State(), pattern) : [];
        return [new RunTarget(pattern, places.Count == 1 ? places[0] : here)];
    }

    private async Task<IReadOnlyList<RunTarget>> DefaultRunsAsync(string here, CancellationToken token)
    {
        if (!HasDefaultRuns)
            throw new HpcException(ErrorCode.SpecInvalid, "no run is named", "Give a run id, or pipe runs in: Get-HpcRun -Last 1 | ...");
        RunListing all = await ListAsync(here, token);
        RunRecord[] runs = [.. all.Runs.Where(r => Cluster is null || r.Run.Cluster == Cluster)];
        RunRecord[] live = [.. runs.Where(r => r.Journal.IsLive)];
        return [.. (live.Length > 0 ? live : runs.Take(1)).Select(r => new RunTarget(r.Run.RunId, r.Run.ExperimentPath))];
    }

    private static Task<RunListing> ListAsync(string path, CancellationToken token) =>
        new RunStore(ModuleContext.State(), path, TimeProvider.System).ListAsync(cancellationToken: token);
}
