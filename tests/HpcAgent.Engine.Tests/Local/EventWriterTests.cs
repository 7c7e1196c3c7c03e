using HpcAgent.Engine.Local;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Tests.Storage;

namespace HpcAgent.Engine.Tests.Local;

public sealed class EventWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Half_a_line_of_a_killed_writer_costs_that_line_only()
    {
        using (EventWriter first = new(_folder.Root, "h", "b"))
        {
            first.Write(Event(0));
            first.Write(Event(1));
        }
        string file = _folder[EventLog.FileName("h", "b")];
        byte[] whole = File.ReadAllBytes(file);
        for (int cut = 1; cut < whole.Length; cut += 5)
        {
            File.WriteAllBytes(file, whole[..cut]);
            using (EventWriter next = new(_folder.Root, "h", "b")) next.Write(Event(2));
            List<long> ids = Ids(_folder.Root);
            Assert.Equal(2, ids[^1]);
            Assert.Equal(whole[..cut].Count(b => b == '\n') + 1, ids.Count);
        }
    }

    [SkippableFact]
    public async Task What_does_not_fit_on_the_disk_is_kept_and_written_when_there_is_room()
    {
        using TinyDisk? disk = await TinyDisk.MountAsync(_folder["disk"]);
        Skip.If(disk is null, "needs the right to mount");
        string events = Path.Combine(disk!.Path, "events");
        using EventWriter writer = new(events, "h", "b");
        writer.Write(Event(0));
        string filler = Path.Combine(disk.Path, "filler");
        Fill(filler);
        long id = 1;
        while (!writer.IsBlocked) writer.Write(Event(id++));
        writer.Write(Event(id++));
        Assert.True(writer.IsBlocked);
        Assert.False(writer.TryWrite(Event(999)));
        writer.Retry();
        Assert.True(writer.IsBlocked);
        writer.Flush();
        File.Delete(filler);
        writer.Retry();
        Assert.False(writer.IsBlocked);
        Assert.True(writer.TryWrite(Event(id)));
        Assert.Equal(Enumerable.Range(0, (int)id + 1).Select(i => (long)i), Ids(events));
    }

    private static void Fill(string path)
    {
        try
        {
            using FileStream filler = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
            while (true) filler.Write(new byte[512]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static List<long> Ids(string folder)
    {
        List<long> ids = [];
        _ = new EventLog(folder).ReadNew((e, _) => ids.Add(e.TaskId));
        return ids;
    }

    private static TaskEvent Event(long id) => new()
    {
        At = DateTimeOffset.FromUnixTimeSeconds(1700000000),
        Kind = TaskEventKind.End,
        TaskId = id,
        Attempt = 1,
        State = TaskState.Failed,
        Text = "a text of some length, so that the disk fills up",
    };
}
