using System.Text;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class TaskFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string[]> Lines(string name, string text, TaskFileOptions? options = null)
    {
        var tasks = await TaskFile.OpenAsync(_folder.Write(name, text), options);
        var lines = tasks.Read().Select(task => PlainText.Of(task.Parameters)).ToArray();
        Assert.Equal(lines, tasks.Read().Select(task => PlainText.Of(task.Parameters)));
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => (long)i), tasks.Read().Select(task => task.Id));
        if (tasks.Count is { } count) Assert.Equal(lines.Length, count);
        return lines;
    }

    private async Task<HpcException> Fails(string name, string text)
    {
        var path = _folder.Write(name, text);
        var error = await Assert.ThrowsAsync<HpcException>(async () =>
        {
            var tasks = await TaskFile.OpenAsync(path);
            foreach (var _ in tasks.Read())
            {
            }
        });
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.Remediation));
        return error;
    }

    [Theory]
    [InlineData("lr,name\n0.10,007\n1e5,1\n", "{\"lr\":0.1,\"name\":\"007\"}|{\"lr\":100000.0,\"name\":1}")]
    [InlineData("\uFEFFa,b\r\n\"x, \"\"y\"\"\r\nz\",true\r\n,null", "{\"a\":\"x, \\\"y\\\"\\r\\nz\",\"b\":true}|{\"a\":\"\",\"b\":null}")]
    [InlineData("#TYPE System.Object\n\"a\",\"b\"\n\"1\",\"-0.5\"\n\n\n\"-0\",\"1E+2\"\n", "{\"a\":1,\"b\":-0.5}|{\"a\":0,\"b\":100.0}")]
    [InlineData("a\n\"\"\n1e999\n99999999999999999999\n.5\n1.\n+1\n 1\nNaN\nTrue",
        "{\"a\":\"\"}|{\"a\":\"1e999\"}|{\"a\":99999999999999999999}|{\"a\":\".5\"}|{\"a\":\"1.\"}|{\"a\":\"+1\"}|{\"a\":\" 1\"}|{\"a\":\"NaN\"}|{\"a\":\"True\"}")]
    [InlineData("a,b\n1,\n,\n", "{\"a\":1,\"b\":\"\"}|{\"a\":\"\",\"b\":\"\"}")]
    [InlineData("a\r\n1\r", "{\"a\":1}")]
    public async Task Csv_is_typed_as_json(string text, string expected) => Assert.Equal(expected, string.Join('|', await Lines("t.csv", text)));

    [Fact]
    public async Task Csv_can_be_kept_as_text() =>
        Assert.Equal(["{\"a\":\"1\",\"b\":\"true\"}"], await Lines("t.csv", "a,b\n1,true\n", new() { AsText = true }));

    [Theory]
    [InlineData("a,b\n1,2\n\"x\ny\",2\n1,2,3\n", ":5: the row has 3 fields, the header 2")]
    [InlineData("a,b,a\n", ":1: the column 'a' is there twice")]
    [InlineData("a\n1\n\"x\n", ":3: a quoted field that never ends")]
    [InlineData("a\nx\"y\n", ":2: a double quote inside")]
    [InlineData("a\n\"x\"y\n", ":2: text after the closing quote")]
    [InlineData("", ":1: the file is empty")]
    [InlineData("a;b\n1;2\n", ":1: the header has one field")]
    public async Task Bad_csv_is_refused_with_its_line(string text, string message) =>
        Assert.Contains(message, (await Fails("t.csv", text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Csv_that_is_not_utf8_is_refused()
    {
        var path = Path.Combine(_folder.Root, "t.csv");
        File.WriteAllBytes(path, [.. "a\n"u8, 0xff, 0xe9, 0x0a]);
        var error = await Assert.ThrowsAsync<HpcException>(async () => (await TaskFile.OpenAsync(path)).Read().Count());
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.json", " [ {\"a\": 1, \"b\": [1.5, {\"c\": null}]} , {\"b\": \"\\u00e9\\ud83d\\ude00\", \"a\": NaN} ] \n",
        "{\"a\":1,\"b\":[1.5,{\"c\":null}]}|{\"b\":\"\u00e9\U0001F600\",\"a\":NaN}")]
    [InlineData("t.json", "{\"axes\": {\"a\": [1, 2], \"b\": [\"x\", [3]], \"c\": 7}}",
        "{\"a\":1,\"b\":\"x\",\"c\":7}|{\"a\":1,\"b\":[3],\"c\":7}|{\"a\":2,\"b\":\"x\",\"c\":7}|{\"a\":2,\"b\":[3],\"c\":7}")]
    [InlineData("t.json", "\uFEFF{\"task_count\": 1, \"tasks\": [{\"a\": true}]}", "{\"a\":true}")]
    [InlineData("t.json", "{\"task_generator\": {\"kind\": \"items_x_seeds\", \"params\": {\"items\": [{\"a\": 1}, {\"b\": 2}], \"seeds\": [7, 8]}}, \"task_count\": 4}",
        "{\"a\":1,\"seed\":7}|{\"a\":1,\"seed\":8}|{\"b\":2,\"seed\":7}|{\"b\":2,\"seed\":8}")]
    [InlineData("t.json", "[]", "")]
    [InlineData("t.jsonl", "{\"a\":1}\n\n{\"a\":1E2, \"b\": -0}\r\n{}", "{\"a\":1}|{\"a\":100.0,\"b\":0}|{}")]
    [InlineData("t.ndjson", "{\"a\":123456789012345678901234567890}", "{\"a\":123456789012345678901234567890}")]
    [InlineData("t.yaml", "- a: 1\n  b: no\n- {a: 0x1F, b: [.inf, 1e3, 007, 0o17, ~]}\n- a: '1'\n  b: !!str 2\n",
        "{\"a\":1,\"b\":\"no\"}|{\"a\":31,\"b\":[Infinity,1000.0,7,15,null]}|{\"a\":\"1\",\"b\":\"2\"}")]
    [InlineData("t.yml", "# sweep\ngrid:\n  lr: [0.1, .5]\n  day: 2020-01-31\n", "{\"lr\":0.1,\"day\":\"2020-01-31\"}|{\"lr\":0.5,\"day\":\"2020-01-31\"}")]
    [InlineData("t.yaml", "axes: {b: &x [True, +1], a: *x}", "{\"b\":true,\"a\":true}|{\"b\":true,\"a\":1}|{\"b\":1,\"a\":true}|{\"b\":1,\"a\":1}")]
    [InlineData("t.yaml", "- text: |\n    a\n    b\n  t: 1:30\n  u: 1_000\n", "{\"text\":\"a\\nb\\n\",\"t\":\"1:30\",\"u\":\"1_000\"}")]
    public async Task Json_and_yaml_are_read(string name, string text, string expected) =>
        Assert.Equal(expected, string.Join('|', await Lines(name, text)));

    [Theory]
    [InlineData("t.json", "[\n {\"a\": 1},\n {\"\u00e9\": tru}\n]", ":3:8: 'tru' is neither")]
    [InlineData("t.json", "[{\"a\": 1, \"a\": 2}]", ":1:14: the key \"a\" is given twice")]
    [InlineData("t.json", "[{\"a\": 1} {\"a\": 2}]", ":1:11: expected ','")]
    [InlineData("t.json", "[{\"a\": 01}]", "'01' is neither")]
    [InlineData("t.json", "[{\"a\": 1e999}]", "'1e999' is neither")]
    [InlineData("t.json", "[{\"a\": \"x\ny\"}]", "control character")]
    [InlineData("t.json", "[{\"a\": \"x", "never ends")]
    [InlineData("t.json", "[{\"a\": \"\\x\"}]", "unknown escape")]
    [InlineData("t.json", "[{\"a\": 1}] x", "after the end")]
    [InlineData("t.json", "[1, 2]", "expected an object")]
    [InlineData("t.json", "3", "expected an array")]
    [InlineData("t.json", "{\"axis\": {}}", "Did you mean 'axes'?")]
    [InlineData("t.json", "{\"axes\": {\"a\": [1]}, \"tasks\": []}", "has both tasks and axes")]
    [InlineData("t.json", "{\"axes\": {\"a\": []}}", "'a' has no values")]
    [InlineData("t.json", "{\"axes\": {\"a\": [1, 2]}, \"task_count\": 3}", "task_count is 3, but there are 2")]
    [InlineData("t.json", "{\"task_generator\": {\"kind\": \"cartesian\", \"params\": {}}}", "no task_generator of kind 'cartesian'")]
    [InlineData("t.json", "{\"task_generator\": {\"kind\": \"enumerated\", \"params\": {\"item\": []}}}", "Did you mean 'items'?")]
    [InlineData("t.jsonl", "{\"a\":1}\n{\"a\":1} {\"a\":2}\n", ":2:9: there is more")]
    [InlineData("t.jsonl", "{\"a\":1}\n[1]\n", ":2:1: expected an object")]
    [InlineData("t.yaml", "- a: 1\n- a: 1\n  a: 2\n", ":3:3: the key 'a' is given twice")]
    [InlineData("t.yaml", "- a: 1\n- 5\n", ":2:3: a task is not a map")]
    [InlineData("t.yaml", "- a: 1\n- b: [1, 2\n- b: 1\n", ":2:")]
    [InlineData("t.yaml", "- a: *nope\n", ":1:6: there is no anchor 'nope'")]
    [InlineData("t.yaml", "- a: &x {b: 1}\n- <<: *x\n", ":2:3: merge keys")]
    [InlineData("t.yaml", "- a: 1\n---\n- a: 2\n", ":2:1: a second document")]
    [InlineData("t.yaml", "a: \"x\n", ":")]
    [InlineData("t.yaml", "grdi: {a: 1}\n", "Did you mean 'grid'?")]
    [InlineData("t.yaml", "", "is empty")]
    [InlineData("t.toml", "a = 1", "this kind")]
    public async Task Bad_files_are_refused_with_their_place(string name, string text, string message) =>
        Assert.Contains(message, (await Fails(name, text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_long_json_file_is_read_across_buffer_borders()
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < 20_000; i++) text.Append(i == 0 ? "" : ",\n").Append($"{{\"na\u00efve\": \"{new string('\u00e9', i % 50)}\\n\", \"i\": {i}}}");
        var lines = await Lines("t.json", text.Append(']').ToString());
        Assert.Equal(20_000, lines.Length);
        Assert.Equal("{\"na\u00efve\":\"" + new string('\u00e9', 49) + "\\n\",\"i\":19999}", lines[^1]);
    }

    [Fact]
    public void The_default_task_file_is_found_and_must_be_the_only_one()
    {
        Assert.Null(TaskFile.FindDefault(_folder.Root));
        var csv = _folder.Write(".hpc/tasks.csv", "a\n1\n");
        Assert.Equal(csv, TaskFile.FindDefault(_folder.Root));
        var py = _folder.Write(".hpc/tasks.py", "");
        var error = Assert.Throws<HpcException>(() => TaskFile.FindDefault(_folder.Root));
        Assert.Contains(csv, error.Message, StringComparison.Ordinal);
        Assert.Contains(py, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_and_a_relative_path_are_refused()
    {
        await Assert.ThrowsAsync<HpcException>(() => TaskFile.OpenAsync(Path.Combine(_folder.Root, "no.csv")));
        await Assert.ThrowsAsync<ArgumentException>(() => TaskFile.OpenAsync("tasks.csv"));
    }
}
