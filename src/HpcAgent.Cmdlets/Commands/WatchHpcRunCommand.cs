using System.Management.Automation;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Watch, "HpcRun")]
[OutputType(typeof(RunStatus))]
public sealed class WatchHpcRunCommand : WaitingCmdlet
{
    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        ShowAtOnce();
        return WaitForAllAsync(targets, timeout: null, token);
    }
}
