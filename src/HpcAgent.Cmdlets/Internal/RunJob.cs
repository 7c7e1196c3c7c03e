using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

/// <summary>Waiting for runs in the background. Ending the session, or the job, ends the wait; the runs go on.</summary>
internal sealed class RunJob : Job
{
    private readonly CancellationTokenSource _stop = new();

    public RunJob(IReadOnlyList<RunTarget> targets, WatchOptions options, string powerShellHome, string command)
        : base(command, string.Join(", ", targets.Select(t => t.RunId)))
    {
        PSJobTypeName = "HpcRunJob";
        SetJobState(JobState.Running);
        _ = Task.Run(() => WorkAsync(targets, options, powerShellHome));
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

    private async Task WorkAsync(IReadOnlyList<RunTarget> targets, WatchOptions options, string powerShellHome)
    {
        WatchBar bar = new();
        RunWatch watch = new(path => ModuleContext.Create(path, powerShellHome), look =>
        {
            foreach (string warning in look.Warnings) Warning.Add(new WarningRecord($"{look.RunId}: {warning}"));
            if (WatchText.Retry(look) is { } again) Information.Add(new InformationRecord(again, "HpcRunJob"));
            if (bar.Take(look) is { } progress) Progress.Add(progress);
        });
        CancellationToken token = _stop.Token;
        JobState state = JobState.Failed;
        try
        {
            bool isWell = await watch.WaitAsync(targets, options, status => Add(() => Output.Add(PSObject.AsPSObject(status))), Fail, token);
            state = isWell ? JobState.Completed : JobState.Failed;
        }
        catch (OperationCanceledException)
        {
            state = JobState.Stopped;
        }
        catch (Exception e)
        {
            await Fail(e, Name);
        }
        foreach (Action complete in (Action[])[Output.Complete, Error.Complete, Progress.Complete, Verbose.Complete, Warning.Complete, Debug.Complete, Information.Complete])
            complete();
        SetJobState(state);
    }

    private Task Fail(Exception error, string runId) => Add(() => Error.Add(ErrorRecords.From(error, runId)));

    private static Task Add(Action add)
    {
        add();
        return Task.CompletedTask;
    }
}
