namespace HpcAgent;

/// <summary>Why a canary did not pass. The names that the original knows are kept; in JSON they are written in snake_case.</summary>
public enum CanaryFailureKind
{
    /// <summary>It passed.</summary>
    None,

    /// <summary>The task never started: what runs tasks on the node failed, or the scheduler could not start the job.</summary>
    DispatcherFailed,

    /// <summary>Python could not import a name.</summary>
    ImportError,

    /// <summary>Python did not find a module.</summary>
    ModuleNotFound,

    /// <summary>Python raised an exception that nobody caught.</summary>
    Traceback,

    /// <summary>It was ended for its memory.</summary>
    OomKilled,

    /// <summary>It accessed memory that is not its own.</summary>
    Segfault,

    /// <summary>It succeeded and a file that it must leave is not there.</summary>
    MissingOutput,

    /// <summary>A program or file of its command was not found: exit code 126 or 127.</summary>
    CommandNotFound,

    /// <summary>Its command failed, for none of the reasons above.</summary>
    CommandFailed,

    /// <summary>It reached its time limit.</summary>
    TimeLimit,

    /// <summary>Its node failed, or it was lost with the process that watched it.</summary>
    NodeFailure,

    /// <summary>The scheduler took its place away.</summary>
    Preempted,

    /// <summary>It was stopped or cancelled.</summary>
    Abandoned,

    /// <summary>The time to wait is over and it has not ended: it goes on.</summary>
    Timeout,

    /// <summary>Nobody knows what became of it. Nothing is concluded from that.</summary>
    UnableToVerify,
}
