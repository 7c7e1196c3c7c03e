using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>Runs a PowerShell script that gives tasks, in the session of the caller.</summary>
internal static class TaskScript
{
    private static readonly ScriptBlock s_run = ScriptBlock.Create("param($path, $take) & $path | & { process { $take.Invoke($_) } }");

    /// <summary>Runs the script and hands over each object as it comes.</summary>
    /// <param name="cmdlet">The cmdlet on whose behalf it runs.</param>
    /// <param name="path">The absolute path of the script.</param>
    /// <param name="take">Given each object, on the thread of the pipeline.</param>
    /// <exception cref="HpcException">The script failed, or gave what cannot be taken.</exception>
    public static void Run(PSCmdlet cmdlet, string path, Action<object?> take)
    {
        try
        {
            _ = cmdlet.InvokeCommand.InvokeScript(cmdlet.SessionState, ScriptBlock.Create(s_run.ToString()), path, take);
        }
        catch (MethodInvocationException e) when (e.InnerException is { } cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }
        catch (RuntimeException e) when (e is not (PipelineStoppedException or ActionPreferenceStopException))
        {
            string place = e.ErrorRecord.InvocationInfo is { } at ? $"{path}:{at.ScriptLineNumber}:{at.OffsetInLine}" : path;
            throw new HpcException(ErrorCode.SpecInvalid, $"{place}: {e.Message}", "Correct the script; it must give one object for each task.", e);
        }
    }
}
