using System.Text;
using System.Text.Json;

namespace HpcAgent.Cli.Tests.Input;

/// <summary>Every value reaches its task byte for byte, whatever it holds and whatever quotes stand around its place.</summary>
public sealed class ValueTests : IDisposable
{
    private static readonly string[] s_values =
    [
        "it's", "say \"hi\"", "a b  c", "a,b;c|d&e", "$(touch pwned)", "`touch pwned`", "$HOME ${PATH} $$ $1", "line\nbreak\n", "\n", "tab\tcr\r\n", "😀 ä 漢字",
        "", " ", "-n", "--help", "%s%d\\n", "\\", "\\'", "'\"'\"'", "*", "?[a-z]", "~", "!x !!", "#no comment", "{v}", "{{v}}", "}{", "a{1..3}b", "\u0001\u007f\u001b[0m", "=", "(", "<>&2", "\u2028\ufeff",
        new string('é', 20000),
    ];

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("sh")]
    public async Task In_every_quoting_position_and_in_every_shell(string shell)
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "printf '%s\\0' {v} a{v}b \"c{v}d\" 'e{v}f' \"$(printf '%s_' {v})\" > \"$RESULT_DIR/out\"; cat {v:file} > \"$RESULT_DIR/file\"; cat > \"$RESULT_DIR/here\" <<END\n{v}\nEND",
            shell,
            tasks = s_values.Select(v => new { v }).ToArray(),
        });
        Assert.Equal("complete", end.State);
        for (int id = 0; id < s_values.Length; id++)
        {
            string v = s_values[id];
            string results = _sandbox.Results(runId, id);
            string[] seen = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(results, "out"))).Split('\0');
            Assert.Equal([v, $"a{v}b", $"c{v}d", $"e{v}f", $"{v}_", ""], seen);
            Assert.Equal(v, v.Length == 0 ? "" : Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(results, "file"))));
            Assert.Equal(v + "\n", Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(results, "here"))));
        }
        Assert.Empty(Directory.GetFiles(_sandbox.Root, "pwned", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task As_arguments_without_a_shell_in_variables_and_in_the_parameter_file()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            arguments = new[] { "sh", "-c", "printf '%s\\0' \"$@\" \"$HPC_KW_V\" > \"$RESULT_DIR/out\"; cp \"$HPC_PARAMS\" \"$RESULT_DIR/params\"", "sh", "{v}", "x {v} y", "$HOME *" },
            tasks = s_values.Select(v => new { v }).ToArray(),
        });
        Assert.Equal("complete", end.State);
        for (int id = 0; id < s_values.Length; id++)
        {
            string results = _sandbox.Results(runId, id);
            Assert.Equal([s_values[id], $"x {s_values[id]} y", "$HOME *", s_values[id], ""], Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(results, "out"))).Split('\0'));
            using JsonDocument parameters = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(results, "params")));
            Assert.Equal(s_values[id], parameters.RootElement.GetProperty("v").GetString());
        }
    }

    [Fact]
    public async Task A_megabyte_of_text_comes_as_a_file_and_in_the_parameter_file()
    {
        StringBuilder text = new();
        for (int i = 0; text.Length < 1_000_000; i++) text.Append(i).Append(" 'quoted' \"$x\" ä😀\n");
        string big = text.ToString();
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "cp {v:file} \"$RESULT_DIR/out\"; cp \"$HPC_PARAMS\" \"$RESULT_DIR/params\"; cp \"$HPC_KW_V_FILE\" \"$RESULT_DIR/again\"; env true",
            tasks = new[] { new { v = big, i = 0 }, new { v = "small", i = 1 } },
        });
        Assert.Equal("complete", end.State);
        Assert.Equal(big, File.ReadAllText(Path.Combine(_sandbox.Results(runId, 0), "out")));
        Assert.Equal(big, File.ReadAllText(Path.Combine(_sandbox.Results(runId, 0), "again")));
        using JsonDocument parameters = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_sandbox.Results(runId, 0), "params")));
        Assert.Equal(big, parameters.RootElement.GetProperty("v").GetString());
        Assert.Equal("small", File.ReadAllText(Path.Combine(_sandbox.Results(runId, 1), "out")));
    }

    [Fact]
    public async Task Types_of_values_survive_to_the_aggregate()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "echo '{{\"one\": 1}}' > \"$RESULT_DIR/metrics.json\"",
             "tasks": [{"v": 1}, {"v": 1.0}, {"v": "1"}, {"v": true}, {"v": null}, {"v": [1]}, {"v": {"a": 1}}, {"v": 12345678901234567890}, {"v": 1e-7}]}
            """);
        Assert.Equal("complete", end.State);
        JsonElement groups = (await _sandbox.AggregateAsync(runId)).GetProperty("groups");
        Assert.Equal(9, groups.GetArrayLength());
        Assert.Equal(
            ["\"1\"", "1", "1.0", "12345678901234567890", "1e-07", "[1]", "null", "true", "{\"a\":1}"],
            groups.EnumerateArray().Select(g => g.GetProperty("key").GetProperty("v").GetRawText()).Order(StringComparer.Ordinal));
    }
}
