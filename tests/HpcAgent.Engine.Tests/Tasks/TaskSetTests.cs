using System.Collections;
using System.Collections.Specialized;
using System.Numerics;
using System.Text.Json;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class TaskSetTests
{
    private static string[] Lines(TaskSet tasks) => [.. tasks.Read().Select(task => PlainText.Of(task.Parameters))];

    private static string Refused(Action action) => Assert.Throws<HpcException>(action).Message;

    private static TaskSet Generate(string json, long? count = null)
    {
        using var document = JsonDocument.Parse(json);
        return TaskGenerator.Create(document.RootElement, count);
    }

    [Fact]
    public void A_grid_runs_through_its_last_axis_fastest_and_gives_any_task()
    {
        var grid = TaskSet.Grid([new("b", new[] { 1, 2 }), new("a", new object?[] { "x", null, new[] { 1.5 } })]);
        Assert.Equal(["{\"b\":1,\"a\":\"x\"}", "{\"b\":1,\"a\":null}", "{\"b\":1,\"a\":[1.5]}", "{\"b\":2,\"a\":\"x\"}", "{\"b\":2,\"a\":null}", "{\"b\":2,\"a\":[1.5]}"], Lines(grid));
        Assert.Equal(Lines(grid), Enumerable.Range(0, 6).Select(i => PlainText.Of(grid[i].Parameters)));
        Assert.Equal(4, grid[4].Id);
        Assert.Throws<ArgumentOutOfRangeException>(() => grid[6]);
        Assert.Throws<ArgumentOutOfRangeException>(() => grid[-1]);
    }

    [Fact]
    public void A_grid_beyond_64_bits_is_refused()
    {
        var axes = Enumerable.Range(0, 7).Select(i => new KeyValuePair<string, object?>($"a{i}", Enumerable.Range(0, 1000)));
        Assert.Contains("more than", Refused(() => TaskSet.Grid(axes)), StringComparison.Ordinal);
        Assert.Contains("no axes", Refused(() => TaskSet.Grid([])), StringComparison.Ordinal);
        Assert.Contains("twice", Refused(() => TaskSet.Grid([new("a", 1), new("a", 2)])), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_many_languages_become_allowed_values()
    {
        var map = new OrderedDictionary
        {
            ["i"] = 3,
            ["f"] = 0.1f,
            ["m"] = 0.10m,
            ["whole"] = 5m,
            ["u"] = ulong.MaxValue,
            ["big"] = new BigInteger(7),
            ["c"] = 'x',
            ["d"] = new DateTime(2020, 1, 31, 0, 0, 0, DateTimeKind.Unspecified),
            ["day"] = DayOfWeek.Monday,
            ["t"] = TimeSpan.FromHours(25),
            ["n"] = null,
            ["h"] = new Hashtable { ["z"] = 1, ["a"] = (byte)2, ["m"] = new List<short> { 1 } },
        };
        Assert.Equal(
            ["{\"i\":3,\"f\":0.1,\"m\":0.1,\"whole\":5,\"u\":18446744073709551615,\"big\":7,\"c\":\"x\",\"d\":\"2020-01-31T00:00:00\",\"day\":\"Monday\","
            + "\"t\":\"1.01:00:00\",\"n\":null,\"h\":{\"a\":2,\"m\":[1],\"z\":1}}", "{\"_\":5}", "{\"_\":null}"],
            Lines(TaskSet.FromObjects([map, 5, null])));
        Assert.IsType<long>(ParameterValue.Normalize(new BigInteger(7)));
        Assert.IsType<long>(ParameterValue.Normalize(5m));
        Assert.Contains("System.Object", Refused(() => Lines(TaskSet.FromObjects([new object()]))), StringComparison.Ordinal);
        Assert.Contains("list", Refused(() => Lines(TaskSet.FromObjects([new[] { 1 }]))), StringComparison.Ordinal);
        Assert.Contains("not text", Refused(() => Lines(TaskSet.FromObjects([new Hashtable { [1] = 2 }]))), StringComparison.Ordinal);
        var loop = new ArrayList();
        loop.Add(loop);
        Assert.Contains("deeper", Refused(() => ParameterValue.Normalize(loop)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_collector_gives_back_what_it_got()
    {
        using var collector = new TaskCollector();
        for (var i = 0; i < 3000; i++) collector.Add(new Dictionary<string, object?> { ["i"] = i, ["t"] = "it's \u00e9\n" + new string('x', 50), ["x"] = i * 0.1 });
        collector.Add("scalar");
        Assert.Contains("Task 3001", Refused(() => collector.Add(new object())), StringComparison.Ordinal);
        var tasks = collector.ToTaskSet();
        Assert.Equal(3001, tasks.Count);
        using var first = tasks.Read().GetEnumerator();
        Assert.True(first.MoveNext());
        var lines = Lines(tasks);
        Assert.Equal(3001, lines.Length);
        Assert.Equal("{\"_\":\"scalar\"}", lines[3000]);
        Assert.True(first.MoveNext());
        Assert.Equal(1L, first.Current.Parameters["i"]);
        Assert.Equal(0.1, first.Current.Parameters["x"]);
        Assert.Throws<ObjectDisposedException>(() => collector.Add(1));
    }

    [Fact]
    public void Zip_takes_axes_in_step()
    {
        Assert.Equal(["{\"a\":1,\"b\":\"x\"}", "{\"a\":2,\"b\":\"y\"}"], Lines(TaskSet.Zip([new("a", new[] { 1, 2 }), new("b", new[] { "x", "y" })])));
        Assert.Contains("'a' 2, 'b' 1", Refused(() => TaskSet.Zip([new("a", new[] { 1, 2 }), new("b", "x")])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_both_parts_of_a_product_is_refused() =>
        Assert.Contains("'a'", Refused(() => Lines(TaskSet.Product(TaskSet.Grid([new("a", 1)]), TaskSet.Grid([new("a", 1)])))), StringComparison.Ordinal);

    [Fact]
    public void Spaced_numbers_follow_the_reference_and_hit_their_ends()
    {
        Assert.Equal(["{\"x\":0.1}", "{\"x\":0.2}", "{\"x\":0.30000000000000004}", "{\"x\":0.4}"], Lines(NumericSpace.Linear("x", 0.1, 0.4, 4)));
        Assert.Equal(["{\"x\":3.0}", "{\"x\":2.0}", "{\"x\":1.0}"], Lines(NumericSpace.Linear("x", 3, 1, 3)));
        Assert.Equal(["{\"x\":0.0001}", "{\"x\":0.001}", "{\"x\":0.01}", "{\"x\":0.1}"], Lines(NumericSpace.Logarithmic("x", 1e-4, 0.1, 4)));
        Assert.Equal(["{\"x\":1.0}", "{\"x\":2.0}", "{\"x\":4.0}", "{\"x\":8.0}"], Lines(NumericSpace.Logarithmic("x", 1, 8, 4, 2)));
        Assert.Equal("{\"x\":0.7}", Lines(NumericSpace.Logarithmic("x", 0.3, 0.7, 3, 3))[2]);
        foreach (var bad in new Action[]
        {
            () => NumericSpace.Linear("x", 0, 1, 1), () => NumericSpace.Linear("x", double.NaN, 1, 3), () => NumericSpace.Logarithmic("x", 0, 1, 3),
            () => NumericSpace.Logarithmic("x", 2, 1, 3), () => NumericSpace.Logarithmic("x", 1, 2, 3, 1),
        })
            Assert.Contains("'x'", Refused(bad), StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_cover_all_rows_once()
    {
        Assert.Equal(["{\"chunk_id\":0,\"total_chunks\":2}", "{\"chunk_id\":1,\"total_chunks\":2}"], Lines(RowChunks.Create(2)));
        foreach (var (chunks, rows) in new[] { (3L, 10L), (7, 7), (9, 4), (1, 5), (5, long.MaxValue) })
        {
            var tasks = RowChunks.Create(chunks, rows, 3).Read().Select(task => task.Parameters).ToArray();
            Assert.Equal(Math.Min(chunks, rows), tasks.Length);
            Assert.Equal(0L, tasks[0]["start"]);
            Assert.Equal(0L, tasks[0]["halo"]);
            Assert.Equal(rows, tasks[^1]["end"]);
            for (var i = 1; i < tasks.Length; i++) Assert.Equal(tasks[i - 1]["end"], tasks[i]["start"]);
            var sizes = tasks.Select(task => (long)task["end"]! - (long)task["start"]!).ToArray();
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }
    }

    [Fact]
    public void Month_windows_never_lose_the_day_of_their_anchor()
    {
        var windows = DateWindows.Create("2020-01-31", "2020-05-15", "1M").Read().ToArray();
        Assert.Equal(["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"], windows.Select(w => w.Parameters["window_start"]));
        Assert.Equal(["2020-02-28", "2020-03-30", "2020-04-29", "2020-05-15"], windows.Select(w => w.Parameters["window_end"]));
    }

    [Theory]
    [InlineData("2020-01-01", "2020-02-29", "4w", "2w", false, "2020-01-01..2020-01-28 2020-01-15..2020-02-11 2020-01-29..2020-02-25")]
    [InlineData("2020-01-01", "2020-02-11", "4w", "2w", true, "2020-01-01..2020-01-28 2020-01-15..2020-02-11 2020-01-29..2020-02-11")]
    [InlineData("2020-02-29", "2023-12-31", "1Y", null, true, "2020-02-29..2021-02-27 2021-02-28..2022-02-27 2022-02-28..2023-02-27 2023-02-28..2023-12-31")]
    [InlineData("2020-01-31", "2020-04-01", "10d", "1M", true, "2020-01-31..2020-02-09 2020-02-29..2020-03-09 2020-03-31..2020-04-01")]
    [InlineData("2020-01-30", "2020-02-01", "1M", "1d", true, "2020-01-30..2020-02-01 2020-01-31..2020-02-01 2020-02-01..2020-02-01")]
    [InlineData("2020-01-01", "2020-01-01", "12h", null, true, "2020-01-01T00:00:00..2020-01-01T11:59:59 2020-01-01T12:00:00..2020-01-01T23:59:59")]
    [InlineData("2020-01-01T06:00:00", "2020-01-01T07:10:00", "30m", null, true,
        "2020-01-01T06:00:00..2020-01-01T06:29:59 2020-01-01T06:30:00..2020-01-01T06:59:59 2020-01-01T07:00:00..2020-01-01T07:10:00")]
    [InlineData("9999-06-01", "9999-12-31", "1Y", "6M", true, "9999-06-01..9999-12-31 9999-12-01..9999-12-31")]
    public void Date_windows_slide_as_asked(string start, string end, string duration, string? stride, bool partial, string expected) =>
        Assert.Equal(expected, string.Join(' ', DateWindows.Create(start, end, duration, stride, partial).Read()
            .Select(task => $"{task.Parameters["window_start"]}..{task.Parameters["window_end"]}")));

    [Theory]
    [InlineData("2020-13-01", "2021-01-01", "1M", "start '2020-13-01'")]
    [InlineData("2020-01-01", "soon", "1M", "end 'soon'")]
    [InlineData("2020-01-01", "2021-01-01", "1x", "duration '1x'")]
    [InlineData("2020-01-01", "2021-01-01", "0d", "duration '0d'")]
    [InlineData("2020-01-01", "2021-01-01", "-1d", "duration '-1d'")]
    [InlineData("2021-01-01", "2020-01-01", "1M", "No window")]
    public void Bad_windows_are_refused(string start, string end, string duration, string message) =>
        Assert.Contains(message, Refused(() => DateWindows.Create(start, end, duration)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"kind\":\"enumerated\",\"params\":{\"items\":[{\"a\":1},{\"a\":2}]}}", "{\"a\":1}|{\"a\":2}")]
    [InlineData("{\"kind\":\"cartesian_product\",\"params\":{\"axes\":{\"b\":[1,2],\"a\":[3]}}}", "{\"b\":1,\"a\":3}|{\"b\":2,\"a\":3}")]
    [InlineData("{\"kind\":\"numeric_linspace\",\"params\":{\"name\":\"x\",\"low\":0,\"high\":1,\"n\":2}}", "{\"x\":0.0}|{\"x\":1.0}")]
    [InlineData("{\"kind\":\"numeric_logspace\",\"params\":{\"name\":\"x\",\"low\":1,\"high\":4,\"n\":3,\"base\":2}}", "{\"x\":1.0}|{\"x\":2.0}|{\"x\":4.0}")]
    [InlineData("{\"kind\":\"zip\",\"params\":{\"axes\":{\"a\":[1,2],\"b\":[3,4]}}}", "{\"a\":1,\"b\":3}|{\"a\":2,\"b\":4}")]
    [InlineData("{\"kind\":\"row_chunks\",\"params\":{\"total_chunks\":2,\"rows\":3}}",
        "{\"chunk_id\":0,\"total_chunks\":2,\"start\":0,\"end\":1}|{\"chunk_id\":1,\"total_chunks\":2,\"start\":1,\"end\":3}")]
    [InlineData("{\"kind\":\"date_windows\",\"params\":{\"start\":\"2020-01-01\",\"end\":\"2020-01-02\",\"duration\":\"1d\"}}",
        "{\"window_start\":\"2020-01-01\",\"window_end\":\"2020-01-01\"}|{\"window_start\":\"2020-01-02\",\"window_end\":\"2020-01-02\"}")]
    public void A_generator_makes_its_tasks(string json, string expected)
    {
        Assert.Equal(expected, string.Join('|', Lines(Generate(json, 2 + (expected.Count(c => c == '|') - 1)))));
        Assert.Contains("task_count is 9", Refused(() => Generate(json, 9)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"kind\":\"numeric_linspce\",\"params\":{}}", "Did you mean 'numeric_linspace'?")]
    [InlineData("{\"kind\":\"zip\",\"params\":{\"axis\":{}}}", "Did you mean 'axes'?")]
    [InlineData("{\"kind\":\"zip\",\"param\":{}}", "Did you mean 'params'?")]
    [InlineData("{\"kind\":\"zip\",\"params\":{}}", "lacks 'axes'")]
    [InlineData("{\"kind\":\"numeric_linspace\",\"params\":{\"name\":\"x\",\"low\":\"0\",\"high\":1,\"n\":2}}", "'low' is \"0\", not a number")]
    [InlineData("{\"kind\":\"numeric_linspace\",\"params\":{\"name\":\"x\",\"low\":0,\"high\":1,\"n\":2.0}}", "'n' is 2.0, not an integer")]
    [InlineData("{\"kind\":\"enumerated\",\"params\":{\"items\":[1]}}", "Item 0")]
    [InlineData("[]", "not an object")]
    public void A_wrong_generator_is_refused_with_the_nearest_name(string json, string message) =>
        Assert.Contains(message, Refused(() => Generate(json)), StringComparison.Ordinal);

    [Theory]
    [InlineData("sede", "seed")]
    [InlineData("SEED", "seed")]
    [InlineData("leaning_rate", "learning_rate")]
    [InlineData("xyzzy", null)]
    [InlineData("b", "a")]
    [InlineData("", null)]
    public void The_nearest_name_is_proposed_only_when_it_is_near(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Find(name, ["seed", "learning_rate", "a"]) is var found && name.Length == 0 ? null : found);
}
