using System.Buffers;
using System.Text;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.Monitoring;

public sealed class EventLogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<(TaskEvent Event, string Node)> _seen = [];
    private readonly EventLog _log;

    public EventLogTests() => _log = new EventLog(_folder.Root);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_growing_file_is_read_once_and_only_up_to_the_last_newline()
    {
        string file = _folder[EventLog.FileName("my.host", "b00t")];
        Assert.False(Read());
        byte[] first = Line(0);
        byte[] second = Line(1);
        Append(file, [.. first, .. second[..10]]);
        Assert.True(Read());
        Assert.Single(_seen);
        Append(file, second[10..^1]);
        Assert.False(Read());
        Append(file, "\n"u8.ToArray());
        Assert.True(Read());
        Assert.False(Read());
        Assert.Equal([0L, 1L], _seen.Select(s => s.Event.TaskId));
        Assert.Equal("my.host", _seen[0].Node);
        Assert.Empty(_log.Damage);
    }

    [Fact]
    public void Files_of_several_hosts_and_boots_are_read_and_others_are_not()
    {
        Append(_folder[EventLog.FileName("a", "1")], Line(0));
        Append(_folder[EventLog.FileName("a", "2")], Line(1));
        Append(_folder[EventLog.FileName("user@b", "1")], Line(2));
        Append(_folder["a@1.log.tmp"], Line(3));
        Read();
        Assert.Equal([("a", 0L), ("a", 1L), ("user@b", 2L)], _seen.Select(s => (s.Node, s.Event.TaskId)));
    }

    [Fact]
    public void A_damaged_line_is_evidence_and_hides_no_other()
    {
        string file = _folder[EventLog.FileName("a", "1")];
        Append(file, [.. Line(0), .. "rubbish in between\n"u8, .. Line(1), .. "\n"u8, .. new byte[700_000], .. "\n"u8, .. Line(2)]);
        Read();
        Assert.Equal([0L, 1L, 2L], _seen.Select(s => s.Event.TaskId));
        Assert.Contains("a@1.log", _log.Damage[0], StringComparison.Ordinal);
        Assert.Contains($"byte {Line(0).Length}", _log.Damage[0], StringComparison.Ordinal);
        Assert.True(_log.DamagedLineCount >= 2);
    }

    [Fact]
    public void The_evidence_does_not_grow_without_end()
    {
        string file = _folder[EventLog.FileName("a", "1")];
        Append(file, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\n", 1000))));
        Read();
        Assert.Equal((20, 1000), (_log.Damage.Count, _log.DamagedLineCount));
    }

    [Fact]
    public void A_file_that_becomes_shorter_is_no_error()
    {
        string file = _folder[EventLog.FileName("a", "1")];
        Append(file, [.. Line(0), .. Line(1)]);
        Read();
        File.WriteAllBytes(file, Line(0));
        Assert.False(Read());
        Assert.Equal(2, _seen.Count);
    }

    [Fact]
    public void Any_flipped_bit_costs_at_most_the_lines_that_it_touches()
    {
        byte[] whole = [.. Enumerable.Range(0, 20).SelectMany(i => Line(i))];
        Random random = new(7);
        string file = _folder[EventLog.FileName("a", "1")];
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, damaged);
            List<long> ids = [];
            EventLog log = new(_folder.Root);
            log.ReadNew((e, _) => ids.Add(e.TaskId));
            Assert.InRange(ids.Count, 18, 20);
            Assert.True(ids.Count == 20 || log.DamagedLineCount > 0 || damaged[^1] != '\n');
            Assert.Equal(ids.Order(), ids);
            Assert.Equal(ids.Count, ids.Distinct().Count());
        }
    }

    private static byte[] Line(long id)
    {
        ArrayBufferWriter<byte> buffer = new();
        TaskEventLine.Write(new TaskEvent { At = DateTimeOffset.FromUnixTimeSeconds(1700000000 + id), Kind = TaskEventKind.Start, TaskId = id, Attempt = 1, Pid = 5 }, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Append(string file, byte[] bytes)
    {
        using FileStream stream = new(file, FileMode.Append);
        stream.Write(bytes);
    }

    private bool Read() => _log.ReadNew((e, node) => _seen.Add((e, node)));
}
