namespace HpcAgent.Engine.Hosts;

/// <summary>One call over ssh, with what its tries cost together.</summary>
internal sealed class SshCall : IDisposable
{
    private readonly string _host;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;
    private int _connections;
    private int _executions;
    private long _up;
    private long _down;

    public SshCall(string host, HostScript script, TimeProvider clock, CancellationToken cancellation)
    {
        (_host, Script, _clock, _cancellation) = (host, script, clock, cancellation);
        _start = clock.GetTimestamp();
        _deadline = new(script.Deadline, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, cancellation);
    }

    /// <summary>What is to be run.</summary>
    public HostScript Script { get; }

    /// <summary>Ends the call: the caller's wish or the deadline.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>True if the caller wishes the end.</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>What ssh said at the last try.</summary>
    public string LastWords { get; private set; } = "";

    /// <summary>Makes the errors.</summary>
    public HostErrors Errors => new(_host, Script, Wire);

    private Wire Wire => new()
    {
        ConnectionCount = _connections,
        ExecutionCount = _executions,
        BytesUp = _up,
        BytesDown = _down,
        Elapsed = _clock.GetElapsedTime(_start),
    };

    /// <summary>Adds what a try cost.</summary>
    public void Add(SshOutcome outcome)
    {
        LastWords = outcome.Words;
        _connections += outcome.ConnectionCount;
        _executions += outcome.Execution is ScriptExecution.MayHaveRun ? 1 : 0;
        _up += outcome.Result.BytesUp;
        _down += outcome.Result.BytesDown;
    }

    /// <summary>The answer.</summary>
    public HostAnswer Answer(ExchangeResult result, int status) =>
        new() { ExitCode = status, Parts = result.Parts, ErrorText = result.ErrorText, Preface = result.Preface, Wire = Wire };

    /// <summary>The error for a try without an answer.</summary>
    public Exception Judge(SshOutcome outcome)
    {
        if (!outcome.IsSshFailure || outcome.Result.OwnError is not null)
            return Errors.Incomplete(outcome.Result, outcome.Execution, outcome.Words, _cancellation);
        if (outcome.Execution is ScriptExecution.NotStarted) return Fail(outcome.Kind, outcome.Execution, outcome.Words);
        return Errors.Create(
            HostFailureKind.AnswerCut,
            outcome.Execution,
            "the connection was lost before the answer began; it is not known whether the script ran",
            "Ask for the state before repeating it.",
            outcome.Words);
    }

    /// <summary>An error of ssh itself.</summary>
    public HpcException Fail(HostFailureKind kind, ScriptExecution execution, string words)
    {
        var (what, remedy) = SshWords.Explain(kind, _host);
        return Errors.Create(kind, execution, what, remedy, words);
    }

    public void Dispose()
    {
        _either.Dispose();
        _deadline.Dispose();
    }
}
