using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Watch, "HpcRun")]
[OutputType(typeof(RunStatus))]
public sealed class WatchHpcRunCommand : WaitingCmdlet
{
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OnChange { get; set; }

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        ShowAtOnce();
        return WaitForAllAsync(targets, new WatchOptions { OnChange = OnChange }, Bar(), token);
    }
}
