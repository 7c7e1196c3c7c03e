namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>A clock that goes on only when all who take part wait: it then jumps to the earliest of the moments that they wait for.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private readonly List<Waiting> _waiting = [];
    private readonly Lock _lock = new();
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private int _participants;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public void Advance(TimeSpan time)
    {
        lock (_lock) _now += time;
    }

    /// <summary>Carries work out that waits by this clock alone.</summary>
    public async Task JoinAsync(params Func<Task>[] work)
    {
        lock (_lock) _participants += work.Length;
        await Task.WhenAll(work.Select(w => Task.Run(async () =>
        {
            try
            {
                await w();
            }
            finally
            {
                lock (_lock) _participants--;
                GoOn();
            }
        })));
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waiting timer = new(this, callback, state);
        lock (_lock)
        {
            timer.Due = _now + dueTime;
            if (dueTime != Timeout.InfiniteTimeSpan) _waiting.Add(timer);
        }
        GoOn();
        return timer;
    }

    private void GoOn()
    {
        Waiting? next;
        lock (_lock)
        {
            if (_waiting.Count == 0 || _waiting.Count < _participants) return;
            next = _waiting.MinBy(w => w.Due)!;
            _waiting.Remove(next);
            if (next.Due > _now) _now = next.Due;
        }
        _ = Task.Run(() => next.Callback(next.State));
    }

    private sealed class Waiting(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimerCallback Callback => callback;

        public object? State => state;

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
            lock (clock._lock) clock._waiting.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
