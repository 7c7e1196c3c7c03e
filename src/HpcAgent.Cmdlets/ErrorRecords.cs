using System.Management.Automation;
using HpcAgent.Engine.Operations;
using ErrorCategory = System.Management.Automation.ErrorCategory;

namespace HpcAgent.Cmdlets;

/// <summary>Makes PowerShell's error records: the one table from error codes to ids and categories.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error. Its id is the name of the code, its recommended action the remediation.</summary>
    public static ErrorRecord From(Exception error, object? target)
    {
        HpcException known = error as HpcException ?? new HpcException(ErrorCode.Internal, $"{error.GetType().Name}: {error.Message}", inner: error);
        string remediation = known.Remediation ?? ErrorCatalogue.Entry(known.Code).Remediation;
        return new ErrorRecord(known, known.Code.ToString(), Category(known.Code), known.Subject ?? target)
        {
            ErrorDetails = new ErrorDetails(known.Message) { RecommendedAction = remediation },
        };
    }

    private static ErrorCategory Category(ErrorCode code) => code switch
    {
        ErrorCode.SshUnreachable => ErrorCategory.ConnectionError,
        ErrorCode.SchedulerThrottled => ErrorCategory.LimitsExceeded,
        ErrorCode.ClusterTimeout => ErrorCategory.OperationTimeout,
        ErrorCode.CombinerFailed or ErrorCode.RemoteCommandFailed => ErrorCategory.InvalidResult,
        ErrorCode.Preempted => ErrorCategory.OperationStopped,
        ErrorCode.ClusterPartiallyDegraded or ErrorCode.OutputsMissing => ErrorCategory.ResourceUnavailable,
        ErrorCode.SpecInvalid => ErrorCategory.InvalidArgument,
        ErrorCode.ExecutorNotFound or ErrorCode.ClusterUnknown => ErrorCategory.ObjectNotFound,
        ErrorCode.ConfigInvalid or ErrorCode.JournalCorrupt or ErrorCode.SchemaIncompat => ErrorCategory.InvalidData,
        ErrorCode.PreconditionFailed => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };
}
