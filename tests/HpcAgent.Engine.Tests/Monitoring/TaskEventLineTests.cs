using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Monitoring;

public sealed class TaskEventLineTests
{
    [Fact]
    public void Every_event_is_read_back_from_one_short_printable_line() => Prop.ForAll(TaskEvents.Any, e =>
    {
        byte[] line = Write(e);
        Assert.InRange(line.Length, 1, TaskEventLine.MaxBytes);
        Assert.Equal((byte)'\n', line[^1]);
        Assert.All(line[..^1], b => Assert.InRange(b, (byte)0x20, (byte)0x7e));
        Assert.True(TaskEventLine.TryParse(line.AsSpan(0, line.Length - 1), out TaskEvent back));
        string? text = e.Text is null ? null : new string([.. e.Text.EnumerateRunes().SelectMany(r => r.ToString())]);
        Assert.Equal(e with { Text = null }, back with { Text = null });
        if (text is null || back.Text == text) return;
        // Longer than a line may be: cut at a whole character.
        Assert.StartsWith(back.Text!, text, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(text) > 190);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_beginning_of_a_line_and_no_flipped_bit_passes_for_an_event() => Prop.ForAll(TaskEvents.Any, e =>
    {
        byte[] line = Write(e)[..^1];
        for (int length = 0; length < line.Length; length++) Assert.False(TaskEventLine.TryParse(line.AsSpan(0, length), out _));
        for (int at = 0; at < line.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                line[at] ^= (byte)(1 << bit);
                Assert.False(TaskEventLine.TryParse(line, out _), $"bit {bit} of byte {at} of {Encoding.ASCII.GetString(line)}");
                line[at] ^= (byte)(1 << bit);
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void A_shell_can_write_the_same_line()
    {
        // printf '1 1700000000 end 5 1 state=failed exit=3' | cksum
        const string body = "1 1700000000 end 5 1 state=failed exit=3";
        Assert.True(TaskEventLine.TryParse(Encoding.ASCII.GetBytes($"{body} #{PosixCrc.Compute(Encoding.ASCII.GetBytes(body))}"), out TaskEvent e));
        Assert.Equal((TaskEventKind.End, 5L, 1, TaskState.Failed, (int?)3), (e.Kind, e.TaskId, e.Attempt, e.State, e.ExitCode));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), e.At);
    }

    [Theory]
    [InlineData("2 1 start 0 1")]
    [InlineData("1 x start 0 1")]
    [InlineData("1 1 begin 0 1")]
    [InlineData("1 1 start a 1")]
    [InlineData("1 1 start 0")]
    [InlineData("1 -5 start 0 1")]
    [InlineData("1 99999999999999999 start 0 1")]
    [InlineData("")]
    public void A_line_with_a_right_checksum_and_wrong_content_is_refused(string body) =>
        Assert.False(TaskEventLine.TryParse(Encoding.ASCII.GetBytes($"{body} #{PosixCrc.Compute(Encoding.ASCII.GetBytes(body))}"), out _));

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        const string body = "1 1.5 end 0 1 gpu=3 state=complete later node=a=b seconds=2.25";
        Assert.True(TaskEventLine.TryParse(Encoding.ASCII.GetBytes($"{body} #{PosixCrc.Compute(Encoding.ASCII.GetBytes(body))}"), out TaskEvent e));
        Assert.Equal((TaskState.Complete, TimeSpan.FromSeconds(2.25)), (e.State, e.Elapsed));
    }

    [Fact]
    public void A_time_before_1970_does_not_make_the_line_unreadable()
    {
        byte[] line = Write(new TaskEvent { At = DateTimeOffset.FromUnixTimeMilliseconds(-1500), Kind = TaskEventKind.End, TaskId = 0, Attempt = 1, State = TaskState.Failed, Elapsed = TimeSpan.FromSeconds(-3) });
        Assert.True(TaskEventLine.TryParse(line.AsSpan(0, line.Length - 1), out TaskEvent e));
        Assert.Equal((DateTimeOffset.UnixEpoch, TimeSpan.Zero), (e.At, e.Elapsed!.Value));
    }

    private static byte[] Write(in TaskEvent e)
    {
        ArrayBufferWriter<byte> buffer = new();
        TaskEventLine.Write(e, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
