using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class MirroredTailsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private RunLayout Layout => new(_folder.Root, "run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_read_is_there_for_the_next_process() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(0, 4), Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf()).ArrayOf()), tails =>
        {
            using TempFolder folder = new();
            RunLayout layout = new(folder.Root, "run");
            MirroredTails first = new(layout, new RemotePaths("/scratch", "run"));
            Dictionary<long, byte[]> expected = [];
            foreach ((int id, byte[] content) in tails)
            {
                first.Take([(id, 1, content)], new TaskLedger(5));
                expected[id] = content;
            }
            MirroredTails next = new(layout, new RemotePaths("/scratch", "run"));
            for (int id = 0; id < 5; id++)
            {
                TaskTail tail = next.Find(Failed(id));
                Assert.Equal(tail, first.Find(Failed(id)));
                Assert.Equal(expected.ContainsKey(id) ? TaskTailState.Read : TaskTailState.Unread, tail.State);
                if (expected.TryGetValue(id, out byte[]? content)) Assert.Equal(Encoding.UTF8.GetString(content), tail.Text);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Failures_without_their_log_are_asked_for_by_the_next_look()
    {
        TaskLedger ledger = new(5);
        ledger.Apply(End(0, TaskState.Failed), "n");
        ledger.Apply(End(1, TaskState.Complete), "n");
        ledger.Apply(End(2, TaskState.Timeout), "n");
        ledger.Apply(End(3, TaskState.Cancelled), "n");
        MirroredTails tails = New();
        tails.Take([(0, 1, "a"u8.ToArray())], ledger);
        Assert.Equal(["2.1"], New().Wanted);
        Assert.True(tails.IsDue(Failed(2)));
        Assert.False(tails.IsDue(Failed(0)));
        tails.Take([(2, 1, null)], ledger);
        Assert.Empty(New().Wanted);
        Assert.Equal(TaskTailState.Missing, New().Find(Failed(2)).State);
        Assert.Equal("/scratch/.hpc/runs/run/logs/0/2.1.log", New().Find(Failed(2)).Path);
    }

    [Fact]
    public void A_new_attempt_has_a_log_of_its_own()
    {
        MirroredTails tails = New();
        tails.Take([(0, 1, "first"u8.ToArray())], new TaskLedger(1));
        Assert.Equal(TaskTailState.Unread, tails.Find(Failed(0) with { Attempt = 2 }).State);
    }

    [Fact]
    public void A_record_that_was_cut_off_is_written_anew()
    {
        New().Take([(0, 1, "first"u8.ToArray()), (1, 1, "second"u8.ToArray())], new TaskLedger(3));
        string file = Path.Combine(Layout.Root, "tails");
        byte[] whole = File.ReadAllBytes(file);
        for (int length = whole.Length - 1; length >= 0; length--)
        {
            File.WriteAllBytes(file, whole[..length]);
            MirroredTails tails = New();
            tails.Take([(2, 1, "third"u8.ToArray())], new TaskLedger(3));
            Assert.Equal("third", New().Find(Failed(2)).Text);
            Assert.Contains(New().Find(Failed(0)).Text, (string[])["first", ""]);
        }
    }

    [Fact]
    public void The_end_of_a_huge_log_on_this_machine_is_read_and_no_more()
    {
        RunLayout layout = Layout;
        Directory.CreateDirectory(Path.GetDirectoryName(layout.TaskLog(3, 1))!);
        using (FileStream file = new(layout.TaskLog(3, 1), FileMode.Create)) file.SetLength((3L << 30) - 4);
        File.AppendAllText(layout.TaskLog(3, 1), "end\n");
        TaskTail tail = new LogTails(layout).Find(Failed(3));
        Assert.Equal((TaskTailState.Read, TaskTail.MaxBytes), (tail.State, tail.Text.Length));
        Assert.EndsWith("end\n", tail.Text, StringComparison.Ordinal);
        Assert.Equal(TaskTailState.Missing, new LogTails(layout).Find(Failed(4)).State);
    }

    private MirroredTails New() => new(Layout, new RemotePaths("/scratch", "run"));

    private static RunTaskStatus Failed(long id) => new() { RunId = "run", TaskId = id, State = TaskState.Failed, Attempt = 1 };

    private static TaskEvent End(long id, TaskState state) => new() { At = DateTimeOffset.UnixEpoch, Kind = TaskEventKind.End, TaskId = id, Attempt = 1, State = state };
}
