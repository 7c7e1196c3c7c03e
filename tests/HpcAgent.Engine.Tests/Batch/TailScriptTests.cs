using System.Diagnostics;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Tests.NodeScripts;

namespace HpcAgent.Engine.Tests.Batch;

/// <summary>The script that brings ends of logs, run by the shells that clusters have, and its answer read.</summary>
public sealed class TailScriptTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("dash")]
    [InlineData("bash --posix")]
    [InlineData("busybox sh")]
    public void The_ends_of_logs_come_byte_for_byte(string shell)
    {
        NodeShells.Require(shell);
        byte[][] logs =
        [
            [],
            "one line\n"u8.ToArray(),
            "no newline"u8.ToArray(),
            // What pretends to be the header of another log.
            "==> logs/0/4.1.log <==\nfalse\n\n==> logs/0/4.1.log <==\n"u8.ToArray(),
            [0, 255, 10, 13, 0, 27, 10, 10],
            [.. Enumerable.Range(0, TaskTail.MaxBytes).Select(i => (byte)i)],
            [.. Enumerable.Range(0, TaskTail.MaxBytes + 1).Select(i => (byte)(i * 7))],
            [.. Enumerable.Range(0, 1 << 20).Select(_ => (byte)'x')],
        ];
        for (int i = 0; i < logs.Length; i++) WriteLog(i, 1, logs[i]);
        Dictionary<long, byte[]?> found = Run(shell, Enumerable.Range(0, logs.Length).Select(i => $"{i}.1"));
        for (int i = 0; i < logs.Length; i++) Assert.Equal(logs[i].AsSpan(Math.Max(0, logs[i].Length - TaskTail.MaxBytes)).ToArray(), found[i]);
    }

    [Fact]
    public void Whatever_logs_hold_each_is_told_from_the_next() => Prop.ForAll(
        Arb.From(Gen.OneOf(
            Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(),
            Gen.Elements("\n", "==> logs/0/1.1.log <==\n", "==> logs/0/2.1.log <==\n", "==> /dev/null <==\n", "x").ArrayOf().Select(w => Encoding.ASCII.GetBytes(string.Concat(w)))).ArrayOf(3)), logs =>
        {
            for (int i = 0; i < 3; i++) WriteLog(i, 1, logs[i]);
            Dictionary<long, byte[]?> found = Run("sh", ["0.1", "1.1", "2.1"]);
            for (int i = 0; i < 3; i++) Assert.Equal(logs[i], found[i]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_log_of_two_gigabytes_costs_no_more_than_its_end()
    {
        string path = _folder.Write("logs/0/5.1.log");
        using (FileStream file = new(path, FileMode.Open)) file.SetLength((2L << 30) - 4);
        File.AppendAllText(path, "end\n");
        byte[]? tail = Run("sh", ["5.1"])[5];
        Assert.Equal(TaskTail.MaxBytes, tail!.Length);
        Assert.Equal("end\n", Encoding.ASCII.GetString(tail)[^4..]);
    }

    [SkippableTheory]
    [InlineData("dash")]
    [InlineData("busybox sh")]
    public void Logs_of_new_failures_come_unasked_and_of_nothing_else(string shell)
    {
        NodeShells.Require(shell);
        string[] states = ["failed", "complete", "timeout", "out_of_memory", "cancelled", "preempted", "node_failure", "lost"];
        StringBuilder events = new();
        for (int i = 0; i < states.Length; i++)
        {
            WriteLog(1000 + i, 2, Encoding.ASCII.GetBytes($"log {i}\n"));
            _ = events.Append(CultureInfo.InvariantCulture, $"1 1.0 end {1000 + i} 2 state={states[i]} exit=1 #123\n");
        }
        // Known before, torn, and hostile.
        string known = "1 1.0 end 1 1 state=failed exit=1 #5\n";
        _ = events.Append("1 1.0 end 1$(reboot) 1 state=failed exit=1 #5\n1 1.0 end 1 1 state=failed ex");
        _folder.Write("events/n1@0.log", known + events);
        WriteLog(1, 1, "old\n"u8.ToArray());
        Dictionary<long, byte[]?> found = Run(shell, [], known.Length);
        Assert.Equal([1000, 1002, 1003, 1006, 1007], found.Keys.Order());
        Assert.Equal("log 2\n", Encoding.ASCII.GetString(found[1002]!));
    }

    [Fact]
    public void Only_so_many_come_at_once_those_that_are_named_first()
    {
        for (int i = 0; i < 20; i++) WriteLog(i, 1, [(byte)i]);
        _folder.Write("events/n1@0.log", string.Concat(Enumerable.Range(0, 10).Select(i => $"1 1.0 end {i} 1 state=failed #1\n")));
        Assert.Equal([0, 1, 2, 18, 19], Run("sh", ["18.1", "19.1"], 0, most: 5).Keys.Order());
    }

    [Fact]
    public void A_log_that_does_not_exist_is_said_to_be_missing_only_when_it_was_asked_for_again()
    {
        _folder.Write("events/n1@0.log", "1 1.0 end 7 1 state=failed #1\n");
        Assert.Empty(Run("sh", []));
        Assert.Null(Run("sh", ["7.1"])[7]);
    }

    [Fact]
    public void What_was_cut_off_or_damaged_gives_what_is_whole()
    {
        byte[][] logs = [.. Enumerable.Range(0, 5).Select(i => Encoding.ASCII.GetBytes(new string((char)('a' + i), 3000)))];
        for (int i = 0; i < 5; i++) WriteLog(i, 1, logs[i]);
        HostAnswer whole = Ask("sh", ["0.1", "1.1", "2.1", "3.1", "4.1"], 0, 2000);
        ReadOnlyMemory<byte> packed = whole.Find("tails")!.Value;
        for (int length = 0; length < packed.Length; length++)
        {
            HostAnswer cut = whole with { Parts = [.. whole.Parts.Where(p => p.Name != "tails"), new AnswerPart("tails", packed[..length])] };
            foreach ((long id, _, ReadOnlyMemory<byte>? content) in TailAnswer.Read(cut, []))
                Assert.Equal(logs[id], content!.Value.ToArray());
        }
    }

    private void WriteLog(int id, int attempt, byte[] content) => File.WriteAllBytes(_folder.Write(string.Create(CultureInfo.InvariantCulture, $"logs/{id / 1000}/{id}.{attempt}.log")), content);

    private Dictionary<long, byte[]?> Run(string shell, IEnumerable<string> wanted, long offset = 0, int most = TailAnswer.MostTails)
    {
        string[] named = [.. wanted];
        return TailAnswer.Read(Ask(shell, named, offset, most), named).ToDictionary(t => t.TaskId, t => t.Content?.ToArray());
    }

    // A machine on which all tools are those of busybox.
    private string BusyboxTools()
    {
        string folder = Directory.CreateDirectory(_folder["busybox"]).FullName;
        string busybox = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, "busybox")).First(File.Exists);
        foreach (string tool in (string[])["busybox", "tail", "wc", "xargs", "awk", "gzip"])
            if (!File.Exists(Path.Combine(folder, tool))) File.CreateSymbolicLink(Path.Combine(folder, tool), busybox);
        return folder;
    }

    // With parts as files: hpc_part of the real frame is tested where it is made.
    private HostAnswer Ask(string shell, string[] wanted, long offset, int most)
    {
        string parts = Directory.CreateDirectory(_folder[$"parts-{Guid.NewGuid():N}"]).FullName;
        StringBuilder script = new($"hpc_run='{_folder.Root}'\nhpc_part() {{ exec >\"{parts}/$1\"; }}\n");
        TailScript.AppendWanted(script, wanted);
        _ = script.Append($"for hpc_f in \"$hpc_run\"/events/*.log; do\n[ -f \"$hpc_f\" ] || continue\nhpc_o={offset}\n").Append(TailScript.Note).Append("done\n");
        TailScript.AppendPrint(script, most);
        string[] words = shell.Split(' ');
        ProcessStartInfo start = new(words[0], [.. words[1..], _folder.Write("script.sh", script.ToString())]);
        if (shell.StartsWith("busybox", StringComparison.Ordinal)) start.Environment["PATH"] = BusyboxTools();
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return new HostAnswer
        {
            ExitCode = process.ExitCode,
            Parts = [.. Directory.EnumerateFiles(parts).Select(f => new AnswerPart(Path.GetFileName(f), File.ReadAllBytes(f)))],
        };
    }
}
