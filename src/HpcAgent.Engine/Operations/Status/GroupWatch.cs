using System.Threading.Channels;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>The watching of all runs of one cluster, one look after the other.</summary>
internal sealed class GroupWatch
{
    private readonly SurveyGroup _group;
    private readonly WatchOptions _options;
    private readonly TimeProvider _clock;
    private readonly List<MemberWatch> _open;
    private long _start;

    /// <summary>Creates it.</summary>
    /// <param name="group">The runs.</param>
    /// <param name="options">How they are watched.</param>
    public GroupWatch(SurveyGroup group, WatchOptions options)
    {
        (_group, _options, _clock) = (group, options, group.Clock);
        _open = [.. group.Members.Select(m => new MemberWatch(m, group.Cluster.IsThisMachine, options))];
    }

    private TimeSpan Elapsed => _clock.GetElapsedTime(_start);

    private bool IsTimeUp => _options.Timeout is { } most && Elapsed >= most;

    /// <summary>Looks until no run is open any more.</summary>
    /// <param name="looks">Given each look.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(ChannelWriter<WatchedRun> looks, CancellationToken cancellationToken)
    {
        _start = _clock.GetTimestamp();
        for (bool isFirst = true; _open.Count > 0; isFirst = false)
        {
            foreach (MemberWatch member in _open) await member.RefreshAsync(cancellationToken);
            // The first look and the last one are those of a person who wants to know.
            int paid = isFirst || IsTimeUp ? 0 : await PayAsync(cancellationToken);
            IReadOnlyList<SurveyedRun> seen = await _group.LookAsync([.. _open.Select(m => m.Member)], paid, cancellationToken);
            TimeSpan elapsed = Elapsed;
            List<WatchedRun> told = [];
            for (int i = 0; i < seen.Count; i++) told.Add(await _open[i].TakeAsync(seen[i], elapsed, IsTimeUp, cancellationToken));
            _ = _open.RemoveAll(m => m.IsOver);
            TimeSpan pause = _open.Count == 0 ? TimeSpan.Zero : Left(_open.Min(m => m.Pause));
            DateTimeOffset next = _clock.GetUtcNow() + pause;
            foreach (WatchedRun look in told) await looks.WriteAsync(look.IsOver ? look : look with { NextLookAt = next }, cancellationToken);
            if (_open.Count > 0) await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    // Young runs are followed closely: what that costs is bounded by their age, and counted all the same.
    private async Task<int> PayAsync(CancellationToken cancellationToken)
    {
        while (_group.Cluster.Budget is { } budget && !_open.Any(m => _clock.GetUtcNow() - m.Member.View.SentAt < LookPace.Young))
        {
            TimeSpan wait = await budget.TakeAsync(cancellationToken);
            if (wait == TimeSpan.Zero) return 1;
            await Task.Delay(Left(wait), _clock, cancellationToken);
            if (IsTimeUp) return 0;
        }
        return 0;
    }

    private TimeSpan Left(TimeSpan pause)
    {
        if (_options.Timeout is not { } most) return pause;
        TimeSpan left = most - Elapsed;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < pause ? left : pause;
    }
}
