using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Hosts;

/// <summary>How a try to connect ended.</summary>
internal enum ConnectionOutcome
{
    /// <summary>It was given up for other reasons, or says nothing about the host.</summary>
    Neutral,

    /// <summary>The connection was made.</summary>
    Made,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>The host did not accept the user. Sites ban an address after few of these.</summary>
    Denied,
}

/// <summary>
/// The last tries to connect to one host, by all processes of the user. After three failures in a row, or two denials, it asks to wait:
/// a minute, then twice as long for each further one, at most ten minutes.
/// </summary>
internal sealed class ConnectionHistory
{
    private const int FailuresAllowed = 3;
    private const int DenialsAllowed = 2;
    private const int TriesPerMinute = 20;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly List<(DateTimeOffset Time, ConnectionOutcome Outcome)> _tries;

    private ConnectionHistory(List<(DateTimeOffset Time, ConnectionOutcome Outcome)> tries) => _tries = tries;

    /// <summary>Reads a history; what does not make sense in it is left out, and so is what is too old to matter.</summary>
    /// <param name="text">The text of the file, one try a line.</param>
    /// <param name="now">The time.</param>
    public static ConnectionHistory Parse(string text, DateTimeOffset now)
    {
        List<(DateTimeOffset Time, ConnectionOutcome Outcome)> tries = [];
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(' ') is not [var time, var outcome]) continue;
            if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > now.ToUnixTimeMilliseconds()) continue;
            if (!Enum.TryParse(outcome, out ConnectionOutcome parsed) || !Enum.IsDefined(parsed)) continue;
            tries.Add((DateTimeOffset.FromUnixTimeMilliseconds(seconds), parsed));
        }

        tries.RemoveAll(entry => now - entry.Time > 2 * LongestWait);
        return new(tries);
    }

    /// <summary>Adds a try.</summary>
    public void Add(DateTimeOffset time, ConnectionOutcome outcome) => _tries.Add((time, outcome));

    /// <summary>The text to keep.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (time, outcome) in _tries)
            text.Append(CultureInfo.InvariantCulture, $"{time.ToUnixTimeMilliseconds()} {outcome}\n");
        return text.ToString();
    }

    /// <summary>Until when no connection should be tried, or null.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset? HeldUntil(DateTimeOffset now)
    {
        var lastMade = _tries.FindLastIndex(entry => entry.Outcome is ConnectionOutcome.Made);
        var bad = _tries.Skip(lastMade + 1).Where(entry => entry.Outcome is ConnectionOutcome.Failed or ConnectionOutcome.Denied).ToList();
        var denials = bad.Count(entry => entry.Outcome is ConnectionOutcome.Denied);
        if (bad.Count < FailuresAllowed && denials < DenialsAllowed) return null;
        var doubled = ShortestWait * Math.Pow(2, Math.Min(bad.Count - FailuresAllowed, 10));
        var wait = denials >= DenialsAllowed || doubled > LongestWait ? LongestWait : doubled;
        var until = bad[^1].Time + wait;
        return until > now ? until : null;
    }

    /// <summary>How long to wait so that tries stay below 20 a minute.</summary>
    /// <param name="now">The time.</param>
    public TimeSpan PauseBefore(DateTimeOffset now)
    {
        if (_tries.Count < TriesPerMinute) return TimeSpan.Zero;
        var pause = _tries[^TriesPerMinute].Time + TimeSpan.FromMinutes(1) - now;
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }
}
