using System.Buffers;
using HpcAgent.Engine.Monitoring;
using Microsoft.Win32.SafeHandles;

namespace HpcAgent.Engine.Local;

/// <summary>
/// Appends to the event file of this host and boot. What cannot be written (a full disk) is kept and written first as soon as there is
/// room again; until then <see cref="IsBlocked"/> tells the supervisor to start nothing.
/// </summary>
internal sealed class EventWriter : IDisposable
{
    private readonly object _gate = new();
    private readonly SafeFileHandle _file;
    private readonly ArrayBufferWriter<byte> _pending = new(4096);
    private long _length;
    private bool _dirty;
    private volatile bool _isBlocked;

    public EventWriter(string folder, string host, string boot)
    {
        _ = Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, EventLog.FileName(host, boot));
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _length = RandomAccess.GetLength(_file);
        CloseTornLine();
    }

    /// <summary>True while there are events that could not be written.</summary>
    public bool IsBlocked => _isBlocked;

    public void Write(in TaskEvent e)
    {
        lock (_gate)
        {
            TaskEventLine.Write(e, _pending);
            Drain();
        }
    }

    /// <summary>Writes an event, or nothing at all of it if it cannot be written now.</summary>
    /// <param name="e">The event.</param>
    /// <param name="before">An event to write with it; it is kept if it cannot be written.</param>
    public bool TryWrite(in TaskEvent e, TaskEvent? before = null)
    {
        lock (_gate)
        {
            Drain();
            bool hadRoom = _pending.WrittenCount == 0;
            if (before is { } first) TaskEventLine.Write(first, _pending);
            if (!hadRoom) return false;
            TaskEventLine.Write(e, _pending);
            Drain();
            if (_pending.WrittenCount == 0) return true;
            _pending.ResetWrittenCount();
            if (before is { } kept) TaskEventLine.Write(kept, _pending);
            _isBlocked = _pending.WrittenCount > 0;
            return false;
        }
    }

    /// <summary>Tries again to write what could not be written.</summary>
    public void Retry()
    {
        lock (_gate) Drain();
    }

    /// <summary>Sees to it that what was written survives a power cut.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_dirty) return;
            try
            {
                RandomAccess.FlushToDisk(_file);
                _dirty = false;
            }
            catch (IOException)
            {
                // Tried again with the next flush.
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private void Drain()
    {
        if (_pending.WrittenCount == 0) return;
        try
        {
            RandomAccess.Write(_file, _pending.WrittenSpan, _length);
            _length += _pending.WrittenCount;
            _pending.ResetWrittenCount();
            _dirty = true;
            _isBlocked = false;
        }
        catch (IOException)
        {
            _isBlocked = true;
            // Written again at the same place by the next Drain: a half-written line is overwritten, not left behind.
        }
    }

    // A supervisor that was killed in the middle of a write leaves half a line: end it, so that the next line is readable.
    private void CloseTornLine()
    {
        if (_length == 0) return;
        Span<byte> last = stackalloc byte[1];
        if (RandomAccess.Read(_file, last, _length - 1) != 1 || last[0] == (byte)'\n') return;
        RandomAccess.Write(_file, "\n"u8, _length);
        _length++;
    }
}
