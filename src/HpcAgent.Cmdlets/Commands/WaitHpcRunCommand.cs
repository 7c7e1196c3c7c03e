using System.Management.Automation;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsLifecycle.Wait, "HpcRun", DefaultParameterSetName = Here)]
[OutputType(typeof(RunStatus), ParameterSetName = [Here])]
[OutputType(typeof(Job), ParameterSetName = [InBackground])]
public sealed class WaitHpcRunCommand : WaitingCmdlet
{
    private const string Here = "Wait";
    private const string InBackground = "AsJob";

    [Parameter]
    [WalltimeTransformation]
    public TimeSpan? Timeout { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = InBackground)]
    public SwitchParameter AsJob { get; set; }

    private protected override async Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        if (AsJob)
        {
            await OnPipelineAsync(() =>
            {
                RunJob job = new(targets, Timeout, PowerShellHome, MyInvocation.Line);
                JobRepository.Add(job);
                WriteObject(job);
            });
            return;
        }
        await WaitForAllAsync(targets, Timeout, token);
    }
}
