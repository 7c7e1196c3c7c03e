using System.Security.Cryptography;
using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Hosts;

/// <summary>Lets one process at a time connect to a host, and none for a while after repeated failures.</summary>
internal sealed class ConnectionGate
{
    private readonly string _target;
    private readonly string _lockPath;
    private readonly TimeProvider _clock;

    /// <summary>Creates the gate.</summary>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="target">The host, with user and port.</param>
    /// <param name="clock">The clock.</param>
    public ConnectionGate(string folder, string target, TimeProvider clock)
    {
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(target)));
        var readable = new string([.. target.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '@' ? c : '_')]);
        (_target, _clock) = (target, clock);
        HistoryPath = Path.Join(folder, $"{readable}-{digest[..8]}.tries");
        _lockPath = Path.Join(folder, $"{readable}-{digest[..8]}.lock");
    }

    /// <summary>The file that remembers the last tries.</summary>
    public string HistoryPath { get; }

    /// <summary>Waits for the permission to connect.</summary>
    /// <param name="isOpen">True if there is a connection to share, so that none need be made.</param>
    /// <param name="ignoresFailures">True to connect in spite of earlier failures.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The permission, to be given back; null if there is a connection to share.</returns>
    /// <exception cref="HeldBackException">Too many tries failed just before.</exception>
    public async Task<ConnectionTicket?> EnterAsync(Func<bool> isOpen, bool ignoresFailures, CancellationToken cancellationToken)
    {
        var held = await FileLock.AcquireAsync(_lockPath, $"connecting to {_target}", TimeSpan.FromDays(1), cancellationToken).ConfigureAwait(false);
        try
        {
            if (isOpen())
            {
                held.Dispose();
                return null;
            }

            var now = _clock.GetUtcNow();
            var history = Read(now);
            if (!ignoresFailures && history.HeldUntil(now) is { } until) throw new HeldBackException(until, HistoryPath);
            var pause = history.PauseBefore(now);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, _clock, cancellationToken).ConfigureAwait(false);
            return new(this, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Remembers a connection that was tried without permission, because there seemed to be one to share.</summary>
    /// <param name="outcome">How it ended.</param>
    public void Note(ConnectionOutcome outcome)
    {
        using var held = FileLock.TryAcquire(_lockPath, $"noting a connection to {_target}");
        if (held is not null) Add(outcome);
    }

    /// <summary>Adds a try to the history. The caller holds the lock.</summary>
    internal void Add(ConnectionOutcome outcome)
    {
        var now = _clock.GetUtcNow();
        var history = Read(now);
        history.Add(now, outcome);
        try
        {
            File.WriteAllText(HistoryPath, history.ToString());
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            // The answer is worth more than the memory of it.
        }
    }

    private ConnectionHistory Read(DateTimeOffset now)
    {
        try
        {
            return ConnectionHistory.Parse(File.Exists(HistoryPath) ? File.ReadAllText(HistoryPath) : "", now);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            return ConnectionHistory.Parse("", now);
        }
    }
}

/// <summary>The permission to connect. It is given back as soon as the connection stands or has failed.</summary>
internal sealed class ConnectionTicket(ConnectionGate gate, FileLock held) : IDisposable
{
    private int _isReturned;

    /// <summary>Gives it back; only the first call counts.</summary>
    /// <param name="outcome">How the try ended.</param>
    public void Return(ConnectionOutcome outcome)
    {
        if (Interlocked.Exchange(ref _isReturned, 1) != 0) return;
        gate.Add(outcome);
        held.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Return(ConnectionOutcome.Neutral);
}

/// <summary>Too many tries to connect failed just before.</summary>
internal sealed class HeldBackException(DateTimeOffset until, string historyPath) : Exception
{
    /// <summary>When the next try is allowed.</summary>
    public DateTimeOffset Until => until;

    /// <summary>The file to delete to try at once.</summary>
    public string HistoryPath => historyPath;
}
