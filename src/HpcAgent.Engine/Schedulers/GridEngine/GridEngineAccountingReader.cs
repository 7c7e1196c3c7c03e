namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>Reads the blocks of qacct line by line. Records stand in the order in which they were written, so the last of an element counts.</summary>
internal sealed class GridEngineAccountingReader
{
    private readonly Dictionary<(string Job, long Element), int> _places = [];
    private readonly List<AccountingEntry> _entries = [];
    private readonly Utf8Interner _words = new();
    private GridEngineRecord _record;

    public void Read(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("====="u8))
        {
            Close();
            return;
        }
        int end = line.IndexOf((byte)' ');
        if (end <= 0) return;
        ReadOnlySpan<byte> key = line[..end], value = line[end..].Trim((byte)' ');
        if (key.SequenceEqual("jobnumber"u8)) _record.JobId = _words.Get(value);
        else if (key.SequenceEqual("taskid"u8)) _record.Element = SchedulerText.Number(value) ?? 0;
        else if (key.SequenceEqual("hostname"u8)) _record.Node = _words.Get(value);
        else if (key.SequenceEqual("failed"u8)) _record.SetFailed(value, _words);
        else if (key.SequenceEqual("exit_status"u8)) _record.ExitStatus = (int?)SchedulerText.Number(value);
        else if (key.SequenceEqual("ru_wallclock"u8)) _record.Seconds = SchedulerText.Number(value);
        else if (key.SequenceEqual("qsub_time"u8)) _record.SubmittedAt = GridEngineTime.Parse(value);
        else if (key.SequenceEqual("start_time"u8)) (_record.HasStarted, _record.StartedAt) = (!value.SequenceEqual("-/-"u8), GridEngineTime.Parse(value));
        else if (key.SequenceEqual("cpu"u8)) _record.CpuSeconds = GridEngineTime.Seconds(value);
        else if (key.SequenceEqual("maxvmem"u8)) _record.PeakMemory = SchedulerText.Bytes(value) is { } bytes and > 0 ? bytes : null;
        else if (key.SequenceEqual("category"u8)) _record.Category = _words.Get(value);
        else if (key.SequenceEqual("deleted_by"u8)) _record.IsDeleted = !value.SequenceEqual("NONE"u8) && !value.IsEmpty;
    }

    public IReadOnlyList<AccountingEntry> Finish()
    {
        Close();
        return _entries;
    }

    private void Close()
    {
        if (_record.JobId is { Length: > 0 } job && job.All(char.IsAsciiDigit))
        {
            AccountingEntry entry = _record.ToEntry();
            if (_places.TryAdd((job, entry.Element), _entries.Count)) _entries.Add(entry);
            else _entries[_places[(job, entry.Element)]] = entry;
        }
        _record = default;
    }
}
