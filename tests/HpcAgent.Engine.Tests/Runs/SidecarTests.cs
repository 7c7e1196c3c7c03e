using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Runs;

public sealed class SidecarTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    private ExperimentLayout Layout => new(temp.Root);

    private static Sidecar Parse(string json, string runId = "run") => SidecarFile.Parse(Encoding.UTF8.GetBytes(json), $"/x/{runId}.json");

    private static string Text(Sidecar sidecar) => Encoding.UTF8.GetString(SidecarFile.ToBytes(sidecar));

    [Fact]
    public async Task What_is_written_is_read()
    {
        var written = Samples.Sidecar("run-1");
        await SidecarFile.CreateAsync(Layout, written);
        var read = await SidecarFile.TryReadAsync(Layout, "run-1");
        Assert.Equal(Text(written), Text(read!));
        Assert.Equal(2, read!.SchemaVersion);
        Assert.Equal("/scratch/u/exp é", read.RemotePath);
        Assert.Equal([new TaskIdRange(3, 2)], read.WaveMap[1]);
        Assert.Equal(["t0", "t1"], read.Tokens);
        Assert.Equal(CommandKind.Command, read.CommandKind);
        Assert.Equal(Samples.Plan.Arrays, read.Plan!.Arrays);
        Assert.Equal(Samples.Plan.Resources, read.Plan.Resources);
        Assert.Equal(Samples.Plan.EstimatedElapsed, read.Plan.EstimatedElapsed);
        Assert.Empty(read.JobIds);
        Assert.Empty(read.Extensions);
    }

    [Fact]
    public void The_fields_have_the_names_of_the_original()
    {
        using var json = JsonDocument.Parse(SidecarFile.ToBytes(Samples.Sidecar("run")));
        var root = json.RootElement;
        Assert.Equal(2, root.GetProperty("sidecar_schema_version").GetInt32());
        Assert.Equal("[0,1,2]", root.GetProperty("wave_map").GetProperty("0").GetRawText().Replace("\n", "").Replace(" ", ""));
        Assert.Equal("0.1.0", root.GetProperty("hpc_agent_version").GetString());
        foreach (var name in (string[])["run_id", "cmd_sha", "tasks_py_sha", "submitted_at", "executor", "result_dir_template", "task_count", "cluster", "profile", "project", "remote_path", "campaign_id", "resources", "env", "max_retries", "runtime", "parent_run_ids", "job_ids", "identity_sha", "code_digest", "snapshot", "command", "command_kind", "shell", "plan", "tokens", "request_id", "checksum"])
            Assert.True(root.TryGetProperty(name, out _), name);
    }

    [Fact]
    public async Task The_same_record_once_more_is_no_error_and_another_is_refused()
    {
        await SidecarFile.CreateAsync(Layout, Samples.Sidecar("run"));
        await SidecarFile.CreateAsync(Layout, Samples.Sidecar("run"));
        var error = await Assert.ThrowsAsync<HpcException>(() => SidecarFile.CreateAsync(Layout, Samples.Sidecar("run", "other")));
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Equal("f00d", (await SidecarFile.TryReadAsync(Layout, "run"))!.IdentitySha);
    }

    [Fact]
    public async Task A_record_that_is_not_there_is_null() => Assert.Null(await SidecarFile.TryReadAsync(Layout, "run"));

    [Fact]
    public void Records_of_the_original_are_read_and_unknown_fields_kept()
    {
        const string json = """
            {"run_id": "run", "cmd_sha": "0123abcd", "wave_map": {"0": ["0", 1, 2, 5], "10": []}, "task_count": 4, "command": ["not", "ours"],
             "job_ids": ["17", 18], "extra": {"a": 1.50}, "trial_tokens": [null], "tokens": 7, "submitted_at": "2026-01-02T03:04:05.5+00:00",
             "tasks": {"0": {"preempt": {"at": "x"}}}, "runtime": null}
            """;
        var sidecar = Parse(json);
        Assert.Equal(1, sidecar.SchemaVersion);
        Assert.Equal([new(0, 3), new(5, 1)], sidecar.WaveMap[0]);
        Assert.Empty(sidecar.WaveMap[10]);
        Assert.Equal(["17", "18"], sidecar.JobIds);
        Assert.Equal(new(2026, 1, 2, 3, 4, 5, 500, TimeSpan.Zero), sidecar.SubmittedAt);
        Assert.Null(sidecar.IdentitySha);
        Assert.Equal(["command", "extra", "trial_tokens", "tokens", "tasks"], sidecar.Extensions.Select(pair => pair.Key));
        Assert.Contains("\"a\": 1.50", Text(sidecar), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{}\r\n")]
    [InlineData("""{"wave_map": null, "task_count": null, "result_dir_template": null, "job_ids": null, "cluster": null}""")]
    public void Missing_and_null_fields_take_their_defaults(string json)
    {
        var sidecar = Parse(json);
        Assert.Equal(("run", 0L, "", "", 0, 0), (sidecar.RunId, sidecar.TaskCount, sidecar.ResultDirTemplate, sidecar.Cluster, sidecar.WaveMap.Count, sidecar.JobIds.Count));
    }

    [Theory]
    [InlineData("", ":1:1")]
    [InlineData("[]", ":1:1")]
    [InlineData("null", ":1:1")]
    [InlineData("{", ":1:2")]
    [InlineData("{\n  \"run_id\": \"run\",\n  oops\n}", ":3:3")]
    [InlineData("{\n  \"task_count\": \"4\"\n}", ":2:17")]
    [InlineData("{\"task_count\": 1.5}", ":1:16")]
    [InlineData("{\"wave_map\": {\"a\": []}}", ":1:14")]
    [InlineData("{\"wave_map\": [0]}", ":1:14")]
    [InlineData("{\"cluster\": 7}", ":1:13")]
    [InlineData("{\"max_retries\": 99999999999999999999}", ":1:17")]
    [InlineData("{\"submitted_at\": \"soon\"}", ":1:18")]
    [InlineData("{\"run_id\": \"another\"}", ":1:12")]
    [InlineData("{} {}", ":1:")]
    public void Damage_is_an_error_that_names_file_line_and_column(string json, string place)
    {
        var error = Assert.Throws<HpcException>(() => Parse(json));
        Assert.Equal(ErrorCode.JournalCorrupt, error.Code);
        Assert.Contains("/x/run.json'" + place, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remediation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_later_version_is_told_as_such(int version) =>
        Assert.Equal(ErrorCode.SchemaIncompat, Assert.Throws<HpcException>(() => Parse($$"""{"sidecar_schema_version": {{version}}}""")).Code);

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        var good = SidecarFile.ToBytes(Samples.Sidecar("run"));
        for (var i = 0; i < good.Length; i++)
        {
            foreach (var mask in (byte[])[1, 2, 4, 8, 16, 32, 64, 128, 255])
            {
                var bad = (byte[])good.Clone();
                bad[i] ^= mask;
                try
                {
                    var sidecar = SidecarFile.Parse(bad, "/x/run.json");
                    Assert.True(Text(sidecar) == Encoding.UTF8.GetString(good), $"byte {i} ({(char)good[i]}), mask {mask}");
                }
                catch (HpcException error) when (error.Code is ErrorCode.JournalCorrupt or ErrorCode.SchemaIncompat)
                {
                }
            }
        }
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var good = SidecarFile.ToBytes(Samples.Sidecar("run"));
        for (var length = 0; length < good.Length - 1; length++)
            Assert.Equal(ErrorCode.JournalCorrupt, Assert.Throws<HpcException>(() => SidecarFile.Parse(good[..length], "/x/run.json")).Code);
    }

    [Fact]
    public void Line_ends_of_another_system_do_not_count_as_damage()
    {
        var text = Text(Samples.Sidecar("run"));
        Assert.Equal(text, Text(Parse(text.Replace("\n", "\r\n"))));
        Assert.Equal(text, Text(Parse(text.TrimEnd('\n'))));
    }

    [Fact]
    public void A_wave_map_of_a_million_tasks_is_left_to_the_plan()
    {
        var sidecar = Samples.Sidecar("run") with { WaveMap = new Dictionary<int, IReadOnlyList<TaskIdRange>> { [0] = [new(0, 1_000_000)] } };
        Assert.True(SidecarFile.ToBytes(sidecar).Length < 4000);
        Assert.Empty(Parse(Text(sidecar)).WaveMap);
    }

    [Fact]
    public void A_name_that_no_file_should_have_is_refused() =>
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => Layout.SidecarPath("../x")).Code);

    [Fact]
    public async Task The_ignore_file_is_written_once()
    {
        await Layout.EnsureIgnoreFileAsync();
        Assert.Equal("/snapshots/\n/runs/*/\n", File.ReadAllText(temp[".hpc/.gitignore"]));
        File.WriteAllText(temp[".hpc/.gitignore"], "mine");
        await Layout.EnsureIgnoreFileAsync();
        Assert.Equal("mine", File.ReadAllText(temp[".hpc/.gitignore"]));
    }
}
