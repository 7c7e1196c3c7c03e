using System.Management.Automation;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcRun")]
[OutputType(typeof(Run))]
public sealed class GetHpcRunCommand : RunSelectionCmdlet
{
    [Parameter]
    public LifecycleState[]? State { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Lists the runs of all experiments of this user.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    protected override void ProcessRecord()
    {
        string path = ResolvePath(ExperimentPath);
        RunEngine(token => ListAsync(path, token), RunId);
    }

    private async Task ListAsync(string path, CancellationToken token)
    {
        RunListing listing = All
            ? await RunStore.ListEverywhereAsync(ModuleContext.State(), TimeProvider.System, token)
            : await new RunStore(ModuleContext.State(), path, TimeProvider.System).ListAsync(cancellationToken: token);
        foreach (string warning in listing.Warnings) Post(() => WriteWarning(warning));
        Run[] runs = [.. listing.Runs.Select(r => r.Run).Where(r => (Cluster is null || r.Cluster == Cluster) && State?.Contains(r.State) != false)];
        foreach (string name in RunId ?? ["*"])
        {
            WildcardPattern wanted = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            Run[] found = [.. runs.Where(r => wanted.IsMatch(r.RunId)).Take(Last ?? int.MaxValue)];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) await WriteErrorAsync(Unknown(name, path, runs), name);
            await OnPipelineAsync(() => WriteObject(found, enumerateCollection: true));
        }
    }

    private static HpcException Unknown(string name, string path, Run[] runs) => new(
        ErrorCode.SpecInvalid,
        $"there is no run '{name}' in {path}",
        runs.Length == 0 ? "Go to the folder of the experiment, give it as -ExperimentPath, or look everywhere with -All."
            : $"Newest runs: {string.Join(", ", runs.Take(5).Select(r => r.RunId))}.");
}
