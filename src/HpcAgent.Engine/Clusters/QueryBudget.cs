using System.Globalization;
using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Clusters;

/// <summary>
/// How many questions watchers may put to the scheduler of one site, all processes of the user together. It is a token bucket in
/// <c>sites/&lt;name&gt;.queries</c> of the state folder: half of the hourly number may be used at once, and the other half flows in over an hour,
/// so that no hour has more than the number. Looks that a person asks for are never refused, but counted. If the file cannot be used, nothing is refused.
/// </summary>
public sealed class QueryBudget
{
    /// <summary>The number of queries an hour where none is configured.</summary>
    public const int Usual = 40;

    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly double _capacity;
    private readonly double _perSecond;
    private readonly TimeProvider _clock;

    /// <summary>Creates it; nothing is read or written yet.</summary>
    /// <param name="state">The user's state folder.</param>
    /// <param name="site">The name of the site.</param>
    /// <param name="perHour">How many queries an hour, at least 1.</param>
    /// <param name="clock">The clock.</param>
    public QueryBudget(StateFolder state, string site, int perHour, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(state);
        _path = Path.Join(state.Root, "sites", $"{site}.queries");
        _capacity = Math.Max(1, perHour / 2.0);
        _perSecond = perHour / 2.0 / 3600;
        _clock = clock;
    }

    /// <summary>Takes one query out of the budget.</summary>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>Zero if it was taken; else how long to wait before trying again.</returns>
    public async Task<TimeSpan> TakeAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait = TimeSpan.Zero;
        await UpdateAsync(
            tokens =>
            {
                if (tokens >= 1) return tokens - 1;
                wait = TimeSpan.FromSeconds(Math.Ceiling((1 - tokens) / _perSecond));
                return tokens;
            },
            cancellationToken);
        return wait;
    }

    /// <summary>Counts queries that were put, whether or not there was room for them; a negative number gives back what was taken and not used.</summary>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    public Task ChargeAsync(int count, CancellationToken cancellationToken) =>
        count == 0 ? Task.CompletedTask : UpdateAsync(tokens => Math.Clamp(tokens - count, 0, _capacity), cancellationToken);

    private async Task UpdateAsync(Func<double, double> change, CancellationToken cancellationToken)
    {
        try
        {
            using FileLock held = await FileLock.AcquireAsync($"{_path}.lock", "count of scheduler queries", s_lockTimeout, cancellationToken);
            DateTimeOffset now = _clock.GetUtcNow();
            double tokens = change(Read(now));
            await File.WriteAllBytesAsync(
                _path, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{tokens:R} {now.ToUnixTimeMilliseconds()}\n")), cancellationToken);
        }
        catch (Exception e) when (e is HpcException || StorageError.IsStorageError(e))
        {
            // Watching must go on with a full disk too.
        }
    }

    private double Read(DateTimeOffset now)
    {
        string[] words = File.Exists(_path) ? File.ReadAllText(_path).Split(' ') : [];
        if (words.Length != 2
            || !double.TryParse(words[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double tokens)
            || double.IsNaN(tokens)
            || !long.TryParse(words[1], NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long milliseconds))
        {
            return _capacity;
        }
        // A clock that was set back brings nothing.
        double seconds = Math.Max(0, (now.ToUnixTimeMilliseconds() - milliseconds) / 1000.0);
        return Math.Clamp(tokens + (seconds * _perSecond), 0, _capacity);
    }
}
