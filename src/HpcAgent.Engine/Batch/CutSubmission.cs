using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Batch;

/// <summary>Runs the script of a submission. One that was cut may be sent again at once: that is what its claims are for.</summary>
internal static class CutSubmission
{
    /// <summary>Runs it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="script">The script.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ClusterTimeout"/>: the connection was cut while it may have run.</exception>
    public static async Task<HostAnswer> RunAsync(IHost host, HostScript script, CancellationToken cancellationToken)
    {
        try
        {
            return await host.RunAsync(script, cancellationToken);
        }
        catch (HpcException e) when (e.Code == ErrorCode.RemoteCommandFailed && HostFailure.Of(e) is { Execution: ScriptExecution.MayHaveRun })
        {
            throw new HpcException(ErrorCode.ClusterTimeout, e.Message, "Submit again: what is in is found, and nothing is submitted twice.", e);
        }
    }
}
