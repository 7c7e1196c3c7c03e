namespace HpcAgent.Engine.Operations.Status;

/// <summary>What the watching of one run has come to.</summary>
internal sealed class MemberWatch
{
    // With the pauses after them some eight hours: a night.
    private const int ErrorsBorne = 50;
    private const int FailuresBorne = 5;
    private const int DoubtsBorne = 2;
    private static readonly TimeSpan s_longestDoubt = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(10);

    private readonly bool _isHere;
    private readonly WatchOptions _options;
    private readonly string? _onChange;
    private readonly RunHealer _healer;
    private LifecycleState _knownState;
    private TaskCounts? _knownCounts;
    private RunStatus? _last;
    private int _looks;
    private int _errors;
    private int _doubts;
    private TimeSpan _certainAt;

    /// <summary>Creates it.</summary>
    /// <param name="member">The run.</param>
    /// <param name="isHere">True if it runs on this machine.</param>
    /// <param name="options">How it is watched.</param>
    public MemberWatch(SurveyMember member, bool isHere, WatchOptions options)
    {
        (Member, _isHere, _options) = (member, isHere, options);
        _onChange = options.OnChange ?? member.OnChange;
        _healer = new RunHealer(options.AutoRetry);
        // What the journal knows is no news.
        (_knownState, _knownCounts) = (member.Record.Journal.LastObserved ?? member.Record.Run.State, member.Record.Journal.Counts);
    }

    /// <summary>The run.</summary>
    public SurveyMember Member { get; private set; }

    /// <summary>True if it is not watched any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>How long until the next look.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Takes in what others did with the run.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task RefreshAsync(CancellationToken cancellationToken) => Member = await Member.RefreshAsync(cancellationToken);

    /// <summary>Takes a look in.</summary>
    /// <param name="seen">What it found.</param>
    /// <param name="elapsed">How long the run has been watched.</param>
    /// <param name="isTimeUp">True if this was the last look.</param>
    /// <param name="cancellationToken">Ends what follows from it.</param>
    public async Task<WatchedRun> TakeAsync(SurveyedRun seen, TimeSpan elapsed, bool isTimeUp, CancellationToken cancellationToken)
    {
        _looks++;
        if (seen.Error is { } error) return TakeError(error, isTimeUp, elapsed);
        RunStatus status = seen.Status!;
        (_errors, _doubts) = (0, status.State == LifecycleState.UnableToVerify ? _doubts + 1 : 0);
        bool isEnd = status.State is not (LifecycleState.InFlight or LifecycleState.UnableToVerify);
        HealedRun? healed = status.State == LifecycleState.Failed && !Reached(status) ? await _healer.TakeAsync(Member, status, cancellationToken) : null;
        if (healed is not null) Member = healed.Member;
        if (healed is { GoesOn: true }) (isEnd, status) = (false, status with { State = LifecycleState.InFlight, EndedAt = null });
        if (_doubts == 0) _certainAt = elapsed;
        // A source that is away for a moment must not end a watch that looks every second; on this machine none is.
        bool isDoubtful = _doubts > DoubtsBorne && (_isHere || elapsed - _certainAt >= s_longestDoubt);
        IsOver = isEnd || Reached(status) || isDoubtful || isTimeUp;
        bool isLate = IsOver && !isEnd && !Reached(status) && status.State == LifecycleState.InFlight;
        _last = status;
        Pause = healed is null ? PauseAfter(status, elapsed) : Longer(healed.Pause, s_shortestPause);
        string? warning = await TellAsync(status, healed?.Resumption is not null, cancellationToken);
        return Told(isLate ? status with { State = LifecycleState.Timeout } : status, null, elapsed) with
        {
            Resumption = healed?.Resumption,
            Round = healed?.Round ?? 0,
            Warnings = [.. healed?.Warnings ?? [], .. warning is null ? (IEnumerable<string>)[] : [warning]],
        };
    }

    private async Task<string?> TellAsync(RunStatus status, bool isResumed, CancellationToken cancellationToken)
    {
        string? change = _onChange is null ? null : isResumed ? ChangeHook.Resumed : ChangeHook.Event(_knownState, _knownCounts, status);
        (_knownState, _knownCounts) = (status.State, status.Counts);
        return change is null ? null : await ChangeHook.RunAsync(_onChange!, change, status, cancellationToken);
    }

    // A cluster that cannot be reached for a while does not end a watch that has begun: the run goes on without us.
    private WatchedRun TakeError(HpcException error, bool isTimeUp, TimeSpan elapsed)
    {
        _errors++;
        IsOver = isTimeUp || _last is null || _errors > Borne(error.Code);
        TimeSpan pause = TimeSpan.FromMinutes(Math.Pow(2, Math.Min(_errors, 10) - 1));
        Pause = pause < s_longestPause ? pause : s_longestPause;
        return isTimeUp && _last is { } last
            ? Told(last with { State = LifecycleState.Timeout, Warnings = [.. last.Warnings, error.Message] }, null, elapsed)
            : Told(_last, error, elapsed);
    }

    // An answer that was cut, or of which nothing can be made, may come whole the next time: a look changes nothing.
    private static int Borne(ErrorCode code) =>
        ErrorCatalogue.Entry(code).IsRetrySafe ? ErrorsBorne : code == ErrorCode.RemoteCommandFailed ? FailuresBorne : 0;

    private WatchedRun Told(RunStatus? status, HpcException? error, TimeSpan elapsed) =>
        new(Member.Index, Member.RunId, status, error, IsOver) { LookCount = _looks, Elapsed = elapsed };

    private bool Reached(RunStatus status) => _options.Until switch
    {
        WatchGoal.Started => status.StartedAt is not null,
        WatchGoal.FirstResult => status.Counts.CompleteCount > 0,
        WatchGoal.AnyFailure => status.Counts.UnsuccessfulCount > 0,
        _ => false,
    };

    // On this machine quick at first, so that a short run is over at once.
    private TimeSpan PauseAfter(RunStatus status, TimeSpan elapsed)
    {
        TimeSpan early = elapsed / 10;
        TimeSpan pause = _options.Interval ?? (_isHere && early < status.NextCheckAfter ? early : status.NextCheckAfter);
        return Longer(pause, s_shortestPause);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
