namespace HpcAgent.Engine.Hosts;

/// <summary>What is known after ssh has ended.</summary>
/// <param name="Result">What the exchange saw.</param>
/// <param name="Log">What ssh said itself.</param>
/// <param name="WasOpen">True if there seemed to be a shared connection before.</param>
/// <param name="IsOpen">True if there seems to be one now.</param>
internal sealed record SshOutcome(ExchangeResult Result, string Log, bool WasOpen, bool IsOpen)
{
    private const int OwnFailure = 255;

    /// <summary>How many connections were made.</summary>
    public int ConnectionCount { get; } = SshWords.ConnectionCount(Log);

    /// <summary>All that was said.</summary>
    public string Words => string.Join('\n', new[] { SshWords.WithoutChatter(Log), Result.ErrorText }.Where(text => text.Length > 0));

    /// <summary>
    /// True if no connection can have carried the script: none was made, and none was there to share or could be used, since ssh tried to
    /// make its own.
    /// </summary>
    private bool WasNeverConnected => ConnectionCount == 0 && ((!WasOpen && !IsOpen) || (IsSshFailure && SshWords.IsFailedConnection(Log)));

    /// <summary>
    /// The status of a command that was run is its own, and all that it printed has come; so without a first mark nothing was run. With
    /// ssh's own failure that is certain only where there was no connection, or where the script was never handed over whole.
    /// </summary>
    public ScriptExecution Execution => Result switch
    {
        { HasBegun: true } => ScriptExecution.MayHaveRun,
        { IsTextSent: false } => ScriptExecution.NotStarted,
        { IsInterrupted: false, ProgramExitCode: not (null or OwnFailure) } => ScriptExecution.NotStarted,
        _ => WasNeverConnected ? ScriptExecution.NotStarted : ScriptExecution.MayHaveRun,
    };

    /// <summary>True if ssh itself gave up, as far as can be told.</summary>
    public bool IsSshFailure => Result is { HasBegun: false, IsInterrupted: false, ProgramExitCode: OwnFailure };

    /// <summary>What failed, if ssh gave up.</summary>
    public HostFailureKind Kind => SshWords.Judge(Log + "\n" + Result.ErrorText);

    /// <summary>True if a further try may help and cannot run anything twice.</summary>
    public bool MayBeRepeated => IsSshFailure && Execution is ScriptExecution.NotStarted && SshWords.IsPassing(Kind);

    /// <summary>True if the deadline passed and the host gave no sign of life.</summary>
    public bool IsStuck => Result is { IsInterrupted: true, HasBegun: false, OwnError: null, IsCancelled: false } && (WasOpen || IsOpen);

    /// <summary>What it says about the host.</summary>
    public ConnectionOutcome ForGate =>
        Result.HasBegun || ConnectionCount > 0 ? ConnectionOutcome.Made
        : IsSshFailure ? SshWords.Outcome(Kind)
        : Result is { IsInterrupted: true, IsCancelled: false, OwnError: null } ? ConnectionOutcome.Failed
        : ConnectionOutcome.Neutral;
}
