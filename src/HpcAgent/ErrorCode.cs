namespace HpcAgent;

/// <summary>What went wrong, as a closed list. In JSON the names are written in snake_case.</summary>
public enum ErrorCode
{
    /// <summary>The host could not be reached over ssh.</summary>
    SshUnreachable,

    /// <summary>The scheduler refuses for now and asks to be called more slowly.</summary>
    SchedulerThrottled,

    /// <summary>The cluster did not answer within its deadline.</summary>
    ClusterTimeout,

    /// <summary>Packing or reducing results on the cluster failed.</summary>
    CombinerFailed,

    /// <summary>Tasks were preempted and can be sent again.</summary>
    Preempted,

    /// <summary>Some part of the cluster does not answer, the rest does.</summary>
    ClusterPartiallyDegraded,

    /// <summary>Results that were asked for are not there.</summary>
    OutputsMissing,

    /// <summary>A remote command ended with an error.</summary>
    RemoteCommandFailed,

    /// <summary>The request itself is wrong.</summary>
    SpecInvalid,

    /// <summary>The program that a task should run does not exist.</summary>
    ExecutorNotFound,

    /// <summary>No cluster of that name is configured.</summary>
    ClusterUnknown,

    /// <summary>A configuration file cannot be used.</summary>
    ConfigInvalid,

    /// <summary>The request is fine but something must be done first.</summary>
    PreconditionFailed,

    /// <summary>The record of what was done is damaged.</summary>
    JournalCorrupt,

    /// <summary>A file was written by a version that this one does not understand.</summary>
    SchemaIncompat,

    /// <summary>A fault of this program.</summary>
    Internal,
}
