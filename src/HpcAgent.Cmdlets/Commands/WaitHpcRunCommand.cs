using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsLifecycle.Wait, "HpcRun", DefaultParameterSetName = Here)]
[OutputType(typeof(RunStatus), ParameterSetName = [Here])]
[OutputType(typeof(Job), ParameterSetName = [InBackground])]
public sealed class WaitHpcRunCommand : WaitingCmdlet
{
    private const string Here = "Wait";
    private const string InBackground = "AsJob";

    [Parameter]
    public WatchGoal Until { get; set; }

    [Parameter]
    [WalltimeTransformation]
    public TimeSpan? Timeout { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OnChange { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = InBackground)]
    public SwitchParameter AsJob { get; set; }

    private protected override async Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        WatchOptions options = new() { Until = Until, Timeout = Timeout, OnChange = OnChange, AutoRetry = Policy };
        if (AsJob)
        {
            await OnPipelineAsync(() =>
            {
                RunJob job = new(targets, options, PowerShellHome, MyInvocation.Line);
                JobRepository.Add(job);
                WriteObject(job);
            });
            return;
        }
        await WaitForAllAsync(targets, options, Bar(), token);
    }
}
