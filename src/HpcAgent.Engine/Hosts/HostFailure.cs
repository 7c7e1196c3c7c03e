namespace HpcAgent.Engine.Hosts;

/// <summary>Why a script brought no whole answer.</summary>
public enum HostFailureKind
{
    /// <summary>The name of the host is not known to any resolver.</summary>
    NameNotResolved,

    /// <summary>There is no route to the host.</summary>
    NoRoute,

    /// <summary>The host refuses the connection.</summary>
    Refused,

    /// <summary>The host did not answer in the time for a connection.</summary>
    ConnectTimeout,

    /// <summary>The connection ended while it was being made.</summary>
    ConnectionReset,

    /// <summary>The user has not accepted the key of the host yet.</summary>
    HostKeyUnknown,

    /// <summary>The host shows another key than the one that the user accepted.</summary>
    HostKeyChanged,

    /// <summary>The host accepts none of the user's keys.</summary>
    AuthenticationFailed,

    /// <summary>The host asks for something that only a person can answer: a password, a second factor.</summary>
    InteractionNeeded,

    /// <summary>The program that reaches the host is not installed.</summary>
    ProgramMissing,

    /// <summary>A setting for ssh is wrong.</summary>
    Configuration,

    /// <summary>The login shell did not run the script.</summary>
    LoginShell,

    /// <summary>The shell there did not understand the script.</summary>
    ScriptRejected,

    /// <summary>The connection or the shell ended before the answer did.</summary>
    AnswerCut,

    /// <summary>The answer is larger than allowed.</summary>
    AnswerTooLarge,

    /// <summary>The deadline passed.</summary>
    Deadline,

    /// <summary>The caller cancelled, or what it gave to the call failed.</summary>
    Cancelled,

    /// <summary>No connection was tried, since too many failed just before.</summary>
    HeldBack,

    /// <summary>ssh failed in a way that is not known here; its words are in the message.</summary>
    Other,
}

/// <summary>Whether a script ran, as far as can be known here.</summary>
public enum ScriptExecution
{
    /// <summary>Certainly nothing of it was run: it may be sent again.</summary>
    NotStarted,

    /// <summary>It may have run, in part or whole, and may even still run: look before sending it again.</summary>
    MayHaveRun,
}

/// <summary>
/// What is known about a failed call of <see cref="IHost.RunAsync"/>. It travels with the exception, of whatever type that is
/// (an <see cref="HpcException"/>, a cancellation, or the error of the caller's own payload).
/// </summary>
/// <param name="Kind">Why.</param>
/// <param name="Execution">Whether the script may have run.</param>
/// <param name="Words">What ssh and the host said about it, at most a few lines.</param>
public sealed record HostFailure(HostFailureKind Kind, ScriptExecution Execution, string Words)
{
    private static readonly object s_key = typeof(HostFailure).FullName!;

    /// <summary>What the call cost that failed.</summary>
    public Wire Wire { get; init; } = new();

    /// <summary>What an exception knows.</summary>
    /// <param name="error">The exception that a call of <see cref="IHost.RunAsync"/> threw.</param>
    /// <returns>The failure, or null if the exception comes from elsewhere.</returns>
    public static HostFailure? Of(Exception error) => error?.Data[s_key] as HostFailure;

    /// <summary>True unless it is certain that nothing of the script was run.</summary>
    /// <param name="error">The exception that a call of <see cref="IHost.RunAsync"/> threw.</param>
    public static bool MayHaveRun(Exception error) => Of(error) is not { Execution: ScriptExecution.NotStarted };

    internal TException AttachTo<TException>(TException error)
        where TException : Exception
    {
        error.Data[s_key] = this;
        return error;
    }
}
