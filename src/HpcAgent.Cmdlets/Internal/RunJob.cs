using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>Waiting for runs in the background. Ending the session, or the job, ends the wait; the runs go on.</summary>
internal sealed class RunJob : Job
{
    private readonly CancellationTokenSource _stop = new();

    public RunJob(IReadOnlyList<RunTarget> targets, TimeSpan? timeout, string powerShellHome, string command)
        : base(command, string.Join(", ", targets.Select(t => t.RunId)))
    {
        PSJobTypeName = "HpcRunJob";
        SetJobState(JobState.Running);
        _ = Task.Run(() => WorkAsync(targets, timeout, powerShellHome));
    }

    public override string Location => Environment.MachineName;

    public override string StatusMessage => "";

    public override bool HasMoreData => Output.Count > 0 || Error.Count > 0;

    public override void StopJob() => _stop.Cancel();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Cancel();
            _stop.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task WorkAsync(IReadOnlyList<RunTarget> targets, TimeSpan? timeout, string powerShellHome)
    {
        RunWatch watch = new(ask => ModuleContext.Create(ask.ExperimentPath, powerShellHome, ask.Looks), Progress.Add);
        CancellationToken token = _stop.Token;
        bool[] ends = await Task.WhenAll(targets.Select(async target =>
        {
            try
            {
                Output.Add(PSObject.AsPSObject(await watch.WaitAsync(target.RunId, target.ExperimentPath, timeout, token)));
                return true;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
            catch (Exception e)
            {
                Error.Add(ErrorRecords.From(e, target.RunId));
                return false;
            }
        }));
        JobState state = token.IsCancellationRequested ? JobState.Stopped : ends.All(ok => ok) ? JobState.Completed : JobState.Failed;
        foreach (Action complete in (Action[])[Output.Complete, Error.Complete, Progress.Complete, Verbose.Complete, Warning.Complete, Debug.Complete, Information.Complete])
            complete();
        SetJobState(state);
    }
}
