using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class JoinedLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Joined => _folder["0.log"];

    [Fact]
    public void Every_log_is_found_again_whatever_it_holds() => Prop.ForAll<byte[][]>(logs =>
    {
        File.Delete(Joined);
        JoinedLog joined = new();
        for (int id = 0; id < logs.Length; id++) Append(joined, id, logs[id]);
        for (int id = 0; id < logs.Length; id++) Assert.Equal(logs[id], Find(id));
        Assert.Null(Find(logs.Length));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_log_that_looks_like_headers_deceives_nobody()
    {
        JoinedLog joined = new();
        byte[] tricky = "==> task 7 attempt 1, 3 bytes <==\nabc\n==> task 8 attempt 1, 99 bytes <==\n"u8.ToArray();
        Append(joined, 0, tricky);
        Append(joined, 1, "one"u8.ToArray());
        Assert.Equal(tricky, Find(0));
        Assert.Equal("one"u8.ToArray(), Find(1));
        Assert.Null(Find(7));
    }

    [Fact]
    public void The_last_of_two_logs_of_one_task_counts()
    {
        JoinedLog joined = new();
        Append(joined, 3, "first"u8.ToArray());
        Append(joined, 3, "second"u8.ToArray());
        Assert.Equal("second"u8.ToArray(), Find(3));
    }

    [Fact]
    public void What_a_killed_supervisor_left_half_written_hides_nothing_that_comes_after()
    {
        Append(new JoinedLog(), 0, "whole"u8.ToArray());
        long whole = new FileInfo(Joined).Length;
        Append(new JoinedLog(), 1, new byte[1000]);
        byte[] both = File.ReadAllBytes(Joined);
        for (long cut = whole; cut < both.Length; cut += 7)
        {
            File.WriteAllBytes(Joined, both[..(int)cut]);
            Assert.Null(Find(1));
            JoinedLog next = new();
            Append(next, 1, "again"u8.ToArray());
            Append(next, 2, "more"u8.ToArray());
            Assert.Equal(["whole", "again", "more"], [Text(0), Text(1), Text(2)]);
        }
    }

    [Fact]
    public void Several_slots_may_append_at_once()
    {
        JoinedLog joined = new();
        Parallel.For(0, 64, id => Append(joined, id, [.. Enumerable.Repeat((byte)id, id * 37)]));
        for (int id = 0; id < 64; id++) Assert.Equal(Enumerable.Repeat((byte)id, id * 37), Find(id)!);
    }

    private void Append(JoinedLog joined, int id, byte[] log)
    {
        string path = _folder[$"{id}.{Guid.NewGuid():N}"];
        File.WriteAllBytes(path, log);
        joined.Append(Joined, id, 1, path);
    }

    private string Text(long id) => System.Text.Encoding.UTF8.GetString(Find(id)!);

    private byte[]? Find(long id)
    {
        if (!File.Exists(Joined)) return null;
        using FileStream stream = File.OpenRead(Joined);
        if (JoinedLog.Find(stream, id) is not { } found) return null;
        byte[] log = new byte[found.Length];
        stream.Position = found.Offset;
        stream.ReadExactly(log);
        return log;
    }
}
