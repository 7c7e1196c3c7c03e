namespace HpcAgent;

/// <summary>What kind of cause made a task fail. What may be done about it depends on this.</summary>
public enum FailureCategory
{
    /// <summary>Nothing says why; the group is told by its exit code and the last line of its log.</summary>
    Unknown,

    /// <summary>Stopped by the scheduler to make room for other work.</summary>
    Preempted,

    /// <summary>Stopped on request.</summary>
    Cancelled,

    /// <summary>Its time limit was over.</summary>
    Walltime,

    /// <summary>The memory that it asked for, or that of the node, was not enough.</summary>
    SystemOutOfMemory,

    /// <summary>The memory of the GPU was not enough.</summary>
    GpuOutOfMemory,

    /// <summary>Its node went away or is broken.</summary>
    NodeFailure,

    /// <summary>The node could not do what comes before the command: modules, conda, shell, folders.</summary>
    NodeEnvironment,

    /// <summary>It was running, and left no word of how it ended.</summary>
    Lost,

    /// <summary>Killed or told to end, and nothing says by whom.</summary>
    Killed,

    /// <summary>Segmentation fault.</summary>
    SegmentationFault,

    /// <summary>Ended by another signal that tells of a fault of the program.</summary>
    Crash,

    /// <summary>A module, package or shared library is missing.</summary>
    ImportError,

    /// <summary>The command is not there.</summary>
    CommandNotFound,

    /// <summary>A file is not there.</summary>
    FileNotFound,

    /// <summary>It may not read, write or execute something.</summary>
    PermissionDenied,

    /// <summary>A disk is full.</summary>
    DiskFull,

    /// <summary>The user's quota of a disk is used up.</summary>
    QuotaExceeded,

    /// <summary>No licence was to be had.</summary>
    Licence,

    /// <summary>Another machine did not answer.</summary>
    Network,

    /// <summary>The GPU or its driver does not work.</summary>
    GpuError,

    /// <summary>MPI does not start or does not fit.</summary>
    Mpi,

    /// <summary>The program does not take the arguments that it got.</summary>
    BadArguments,

    /// <summary>The program's own code raised an error.</summary>
    CodeBug,

    /// <summary>It failed and there is no log.</summary>
    LogMissing,
}
