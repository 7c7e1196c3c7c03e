using System.Text;
using FsCheck.Fluent;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class TaskTableTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ParameterMap Map(params (string Name, object? Value)[] entries) =>
        ParameterMap.Create(entries.Select(e => new KeyValuePair<string, object?>(e.Name, e.Value)));

    private static ParameterMap[] HostileTasks()
    {
        var values = Values.Nested(surrogateHalves: false).Generator.Sample(400).Where(value => TextCheck.Problem(value) is null).ToList();
        values.AddRange(["", "it's", "'''", "a\n", "\n", "$(x)`y`\\", "\u0001\u007f\u0081\u0088\u0141\U0001F600", "-n", "%s", new string('\'', 70), "\r"]);
        return [.. values.Select((value, i) => i % 5 == 0 ? Map(("other", value), ("i", (long)i)) : Map(("v", value), ("i", (long)i)))];
    }

    /// <summary>Finds and evaluates records as a node does.</summary>
    private string OnNode(string shell, IEnumerable<long> ids, string body)
    {
        var script = $$"""
            HPC_TABLE_DIR={{ShellQuote.Always(_folder.Root)}} HPC_TASK_TMP=$HPC_TABLE_DIR/tmp
            mkdir -p "$HPC_TASK_TMP"
            task() {
                set -- $(dd if="$HPC_TABLE_DIR/tasks.idx" bs=13 skip="$1" count=2 2>/dev/null)
                eval "$(tail -c +$(($1 + 1)) "$HPC_TABLE_DIR/tasks.tab" | head -c $(($2 - $1)))" || exit 9
                {{body}}
            }
            for id in {{string.Join(' ', ids)}}; do ( task "$id" ) || exit; done
            """;
        return PythonOracle.Run($"/bin/{shell}", [], script);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public void A_node_gets_every_value_byte_for_byte(string shell)
    {
        var tasks = HostileTasks();
        TaskTable.Write(TaskSet.FromMaps(tasks), _folder.Root);
        var output = OnNode(shell, Enumerable.Range(0, tasks.Length).Select(i => (long)i),
            "printf '%s\\000' \"${HPC_KW_V-unset}\" \"${HPC_KW_OTHER-unset}\" \"$HPC_KW_I\" \"$HPC_PARAMS_JSON\"; env | grep -c '^HPC_PARAMS_JSON'; true");
        var parts = output.Split('\0');
        for (var i = 0; i < tasks.Length; i++)
        {
            string Wanted(string name) => tasks[i].TryGetValue(name, out var value) ? PlainText.Of(value) : "unset";
            var at = i * 4;
            Assert.Equal((i == 0 ? "" : "0\n") + Wanted("v"), parts[at]);
            Assert.Equal(Wanted("other"), parts[at + 1]);
            Assert.Equal(Wanted("i"), parts[at + 2]);
            Assert.Equal(CanonicalJson.ToText(tasks[i]), CanonicalJson.ToText(JsonReader.Parse(parts[at + 3])));
        }
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public void The_environment_of_a_program_holds_the_values(string shell)
    {
        TaskTable.Write(TaskSet.FromMaps([Map(("a b", "x y\n"), ("1st", 0.1))]), _folder.Root, new() { Bare = true });
        var output = OnNode(shell, [0], "env -u _ printenv HPC_KW_A_B HPC_KW_1ST A_B; env | grep -c 1ST");
        Assert.Equal("x y\n\n0.1\nx y\n\n1\n", output);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public void Large_values_travel_as_files(string shell)
    {
        var large = new string('\u00e9', 100_000) + "'\n";
        var tasks = new[] { Map(("s", "x")), Map(("s", large)), Map(("s", new string('x', CommandTemplate.LargeValueBytes))) };
        var info = TaskTable.Write(TaskSet.FromMaps(tasks), _folder.Root, new() { FileParameters = ["s"] });
        Assert.Equal(3, info.LargeFileCount);
        var output = OnNode(shell, [0, 1, 2],
            "printf '%s:%s:%s\\n' \"${HPC_KW_S+set}\" \"$(wc -c <\"$HPC_KW_S_FILE\" | tr -d ' ')\" \"${HPC_PARAMS:+$(wc -c <\"$HPC_PARAMS\" | tr -d ' ')}\"; sh -c '[ -n \"$HPC_KW_S_FILE\" ]'");
        Assert.Equal("set:1:\n:200002:200016\nset:65536:65544\n", output);
        Assert.Equal(large, File.ReadAllText(Path.Combine(_folder.Root, "large", "1.S")));
        using var table = TaskTable.Open(_folder.Root);
        Assert.Equal(large, table.Read(1).Parameters["s"]);
        Assert.Equal([1, large.Length, CommandTemplate.LargeValueBytes], table.ReadAll().Select(task => ((string)task.Parameters["s"]!).Length));
    }

    [Fact]
    public void Tasks_read_back_exactly_one_by_one_and_all_together()
    {
        var tasks = HostileTasks();
        var many = Enumerable.Range(0, 3000).Select(i => tasks[i % tasks.Length]).ToArray();
        var info = TaskTable.Write(TaskSet.FromMaps(many), _folder.Root);
        Assert.Equal(3000, info.Count);
        Assert.Equal(new FileInfo(Path.Combine(_folder.Root, "tasks.tab")).Length, info.Bytes);
        using var table = TaskTable.Open(_folder.Root);
        Assert.Equal(3000, table.Count);
        var all = table.ReadAll().ToArray();
        for (var i = 0; i < many.Length; i++)
        {
            Assert.Equal(i, all[i].Id);
            Assert.Equal(PlainText.Of(many[i]), PlainText.Of(all[i].Parameters));
            Assert.Equal(many[i].Select(e => e.Value?.GetType()), all[i].Parameters.Select(e => e.Value?.GetType()));
            if (i % 100 == 0) Assert.Equal(PlainText.Of(many[i]), PlainText.Of(table.Read(i).Parameters));
        }
    }

    [Fact]
    public void A_record_has_the_documented_form()
    {
        TaskTable.Write(TaskSet.FromMaps([Map(("lr", 0.1), ("t", "it's")), ParameterMap.Empty]), _folder.Root, new() { Bare = true, FileParameters = ["t"] });
        using var table = TaskTable.Open(_folder.Root);
        Assert.Equal(
            "HPC_PARAMS_JSON='{\"lr\":0.1,\"t\":\"it\\u0027s\"}'\n"
            + "export HPC_KW_LR='0.1' LR='0.1' HPC_KW_T='it'\\''s' T='it'\\''s'\n"
            + "HPC_KW_T_FILE=\"${HPC_TASK_TMP}/T\"\nprintf %s \"${HPC_KW_T}\" >\"${HPC_KW_T_FILE}\" && export HPC_KW_T_FILE\n",
            table.ReadShellText(0));
        Assert.Equal("HPC_PARAMS_JSON='{}'\n", table.ReadShellText(1));
        Assert.Equal("           0\n         197\n         218\n".Length, File.ReadAllText(Path.Combine(_folder.Root, "tasks.idx")).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.ReadShellText(2));
    }

    [Theory]
    [InlineData("tasks.idx", "x")]
    [InlineData("tasks.tab", "x")]
    [InlineData("tasks.idx", null)]
    public void A_damaged_table_is_told(string file, string? append)
    {
        TaskTable.Write(TaskSet.FromMaps([Map(("a", 1L))]), _folder.Root);
        var path = Path.Combine(_folder.Root, file);
        if (append is null) File.Delete(path);
        else File.AppendAllText(path, append);
        Assert.Equal(ErrorCode.JournalCorrupt, Assert.Throws<HpcException>(() => TaskTable.Open(_folder.Root)).Code);
    }

    [Fact]
    public void A_damaged_record_is_told_with_its_task()
    {
        TaskTable.Write(TaskSet.FromMaps([Map(("a", 1L)), Map(("a", 2L))]), _folder.Root);
        var path = Path.Combine(_folder.Root, "tasks.tab");
        File.WriteAllText(path, File.ReadAllText(path).Replace("{\"a\":2", "{\"a\" 2", StringComparison.Ordinal), new UTF8Encoding(false));
        using var table = TaskTable.Open(_folder.Root);
        var error = Assert.Throws<HpcException>(() => table.ReadAll().Count());
        Assert.Equal(ErrorCode.JournalCorrupt, error.Code);
        Assert.Contains("task 1", error.Message, StringComparison.Ordinal);
    }
}
