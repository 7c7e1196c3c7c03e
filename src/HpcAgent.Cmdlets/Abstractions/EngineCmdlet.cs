using System.Management.Automation;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Cmdlets;

/// <summary>A cmdlet that hands a request to the engine: paths, errors, verbose output and progress are the same for all.</summary>
public abstract class EngineCmdlet : AsyncCmdlet
{
    private long _quietUntil = Environment.TickCount64 + 1000;
    private string _powerShellHome = "";
    private ProgressRecord? _shown;

    /// <summary>The folder of the PowerShell that we are in; known inside <see cref="RunEngine"/>.</summary>
    protected string PowerShellHome => _powerShellHome;

    /// <summary>The absolute path that a path of the user's means, seen from the session's location.</summary>
    protected string ResolvePath(string? path) => path is null
        ? SessionState.Path.CurrentFileSystemLocation.ProviderPath
        : GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>Where and for whom the engine works.</summary>
    /// <param name="experimentPath">The absolute folder of the experiment.</param>
    /// <param name="looks">Told of each look at a run.</param>
    /// <param name="steps">Told of each step of a submission.</param>
    protected OperationContext Context(string experimentPath, IProgress<RunStatus>? looks = null, IProgress<string>? steps = null) =>
        ModuleContext.Create(experimentPath, _powerShellHome, looks, steps);

    /// <summary>Carries engine work out; an error of it ends the cmdlet.</summary>
    /// <param name="work">The work.</param>
    /// <param name="target">What the user named, for the error record.</param>
    protected void RunEngine(Func<CancellationToken, Task> work, object? target = null)
    {
        _powerShellHome = (string)SessionState.PSVariable.GetValue("PSHOME");
        try
        {
            Pump(async token =>
            {
                using IDisposable heard = StartedPrograms.Listen(line => Post(() => WriteVerbose($"starts: {line}")));
                await work(token);
            });
        }
        catch (Exception e) when (IsOurs(e))
        {
            HideProgress();
            Terminate(ErrorRecords.From(e, target));
        }
        HideProgress();
    }

    /// <summary>Ends the cmdlet with an error. With <c>-ErrorAction Stop</c> it ends the script too, as users expect of it.</summary>
    protected void Terminate(ErrorRecord error)
    {
        if (MyInvocation.BoundParameters.TryGetValue("ErrorAction", out object? action) && action is ActionPreference.Stop) WriteError(error);
        ThrowTerminatingError(error);
    }

    /// <summary>Writes an error about one of several things and goes on.</summary>
    protected Task WriteErrorAsync(Exception error, object? target) => OnPipelineAsync(() => WriteError(ErrorRecords.From(error, target)));

    /// <summary>Shows progress from inside the work, once the cmdlet has run for a second and then four times a second at most.</summary>
    protected void Show(ProgressRecord progress)
    {
        if (IsTimeToShow(progress)) Post(() => WriteProgress(progress));
    }

    /// <summary>Shows progress of several lines, the first of which stands above the others.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="isUrgent">True to show them in any case, since no others will follow soon.</param>
    protected void Show(IReadOnlyList<ProgressRecord> lines, bool isUrgent)
    {
        if (lines.Count == 0 || !(IsTimeToShow(lines[0]) || isUrgent)) return;
        _shown = lines[0];
        Post(() =>
        {
            foreach (ProgressRecord line in lines) WriteProgress(line);
        });
    }

    /// <summary>As <see cref="Show(ProgressRecord)"/>, on the thread of the pipeline.</summary>
    protected void ShowHere(ProgressRecord progress)
    {
        if (IsTimeToShow(progress)) WriteProgress(progress);
    }

    private bool IsTimeToShow(ProgressRecord progress)
    {
        long now = Environment.TickCount64;
        if (now < _quietUntil) return false;
        _quietUntil = now + 250;
        _shown = progress;
        return true;
    }

    private void HideProgress()
    {
        if (_shown is null) return;
        WriteProgress(new ProgressRecord(_shown.ActivityId, _shown.Activity, _shown.StatusDescription) { RecordType = ProgressRecordType.Completed });
        _shown = null;
    }

    /// <summary>Lets progress be shown from the first moment on.</summary>
    protected void ShowAtOnce() => _quietUntil = 0;

    /// <summary>True for what may go wrong in the engine, and false for what PowerShell itself throws to end a pipeline.</summary>
    internal static bool IsOurs(Exception error) =>
        error is HpcException or IOException or UnauthorizedAccessException
        || (error is not (RuntimeException or OperationCanceledException) && error.GetType().Namespace?.StartsWith("System.Management", StringComparison.Ordinal) != true);
}
