using HpcAgent.Engine.Local;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.Local;

public sealed class EventOrderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hpc-agent-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_start_is_written_behind_the_end_that_was_held_for_it()
    {
        using (EventWriter writer = new(_root, "here", "boot"))
        {
            Assert.True(writer.TryWrite(Event(TaskEventKind.Start, 0)));
            Assert.True(writer.TryWrite(Event(TaskEventKind.Start, 1), Event(TaskEventKind.End, 0)));
            Assert.False(writer.IsBlocked);
        }
        Assert.Equal(["Start 0", "End 0", "Start 1"], Read());
    }

    [SkippableFact]
    public void On_a_full_disk_the_held_end_is_kept_and_the_start_is_not()
    {
        Skip.IfNot(File.Exists("/dev/full"), "no /dev/full");
        File.CreateSymbolicLink(Path.Combine(_root, EventLog.FileName("here", "boot")), "/dev/full");
        using EventWriter writer = new(_root, "here", "boot");
        Assert.False(writer.TryWrite(Event(TaskEventKind.Start, 1)));
        Assert.False(writer.IsBlocked);
        Assert.False(writer.TryWrite(Event(TaskEventKind.Start, 1), Event(TaskEventKind.End, 0)));
        Assert.True(writer.IsBlocked);
        Assert.False(writer.TryWrite(Event(TaskEventKind.Start, 2)));
        writer.Retry();
        Assert.True(writer.IsBlocked);
    }

    private List<string> Read()
    {
        List<string> lines = [];
        _ = new EventLog(_root).ReadNew((e, _) => lines.Add($"{e.Kind} {e.TaskId}"));
        return lines;
    }

    private static TaskEvent Event(TaskEventKind kind, long task) =>
        new() { At = DateTimeOffset.UnixEpoch, Kind = kind, TaskId = task, Attempt = 1, State = TaskState.Complete };
}
