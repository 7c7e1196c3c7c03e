namespace HpcAgent.Engine.Operations;

/// <summary>What each error code means to a caller: reference 4.9, in one place for both faces.</summary>
public static class ErrorCatalogue
{
    /// <summary>The entry of a code.</summary>
    /// <param name="code">The code.</param>
    public static ErrorEntry Entry(ErrorCode code) => code switch
    {
        ErrorCode.SshUnreachable => new("ssh_unreachable", ErrorCategory.Network, true, "Check the host and your ssh agent (ssh-add -l), then try once more."),
        ErrorCode.SchedulerThrottled => new("scheduler_throttled", ErrorCategory.Cluster, true, "Wait one, two, four seconds between tries."),
        ErrorCode.ClusterTimeout => new("cluster_timeout", ErrorCategory.Cluster, true, "Try again after 4, 8, 16 seconds."),
        ErrorCode.CombinerFailed => new("combiner_failed", ErrorCategory.Cluster, true, "Read the message, then try once more."),
        ErrorCode.Preempted => new("preempted", ErrorCategory.Cluster, true, "Send the preempted tasks again."),
        ErrorCode.ClusterPartiallyDegraded => new("cluster_partially_degraded", ErrorCategory.Cluster, true, "Keep asking; see partial_errors."),
        ErrorCode.OutputsMissing => new("outputs_missing", ErrorCategory.Cluster, false, "Look at the logs of the tasks that are named."),
        ErrorCode.RemoteCommandFailed => new("remote_command_failed", ErrorCategory.Cluster, false, "Read the command's own words and mend it."),
        ErrorCode.SpecInvalid => new("spec_invalid", ErrorCategory.User, false, "Correct the request."),
        ErrorCode.ExecutorNotFound => new("executor_not_found", ErrorCategory.User, false, "Correct the path of the program."),
        ErrorCode.ClusterUnknown => new("cluster_unknown", ErrorCategory.User, false, "Choose a cluster that is configured."),
        ErrorCode.ConfigInvalid => new("config_invalid", ErrorCategory.User, false, "Correct the configuration."),
        ErrorCode.PreconditionFailed => new("precondition_failed", ErrorCategory.User, false, "Do what the message names, then try again."),
        ErrorCode.JournalCorrupt => new("journal_corrupt", ErrorCategory.Internal, false, "Move the damaged file aside; the rest stays usable."),
        ErrorCode.SchemaIncompat => new("schema_incompat", ErrorCategory.Internal, false, "Use the version that wrote the file."),
        _ => new("internal", ErrorCategory.Internal, false, "Please report this with the message."),
    };
}
