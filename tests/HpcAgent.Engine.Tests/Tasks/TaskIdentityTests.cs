using FsCheck.Fluent;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class TaskIdentityTests
{
    private const string Script = """
        import sys, json, hashlib
        out = []
        for line in sys.stdin.buffer.read().decode('ascii').split('\n'):
            if line:
                d = json.loads(line)
                d.pop('trial_token', None)
                out.append(json.dumps(d, sort_keys=True, separators=(',', ':')))
        print(hashlib.sha256('\n'.join(out).encode('utf-8')).hexdigest(), end='')
        """;

    private static ParameterMap Map(params (string Name, object? Value)[] entries) =>
        ParameterMap.Create(entries.Select(e => new KeyValuePair<string, object?>(e.Name, e.Value)));

    // An attribute cannot hold half of a surrogate pair.
    private static string WithHalves(string text) =>
        text.Replace("<high>", "\ud83d", StringComparison.Ordinal).Replace("<low>", "\ude00", StringComparison.Ordinal);

    private static string Refused(Action action)
    {
        var error = Assert.Throws<HpcException>(action);
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        return error.Message;
    }

    [Fact]
    public void Both_check_vectors_of_the_original_are_met()
    {
        var grid = TaskSet.Grid([new("seed", new object[] { 42, 1337 }), new("model", new[] { "v1", "v2" })]);
        Assert.Equal("b6e09a261e4d3e9cad34da87cacacb63c34436e433477aa9df907cecae5035d4", TaskIdentity.Compute(grid).CmdSha);
        var maps = TaskSet.FromMaps([Map(("lr", 0.1), ("name", "\u00e9")), Map(("lr", 1e-05), ("name", null))]);
        Assert.Equal("965b48a81e2fc63269a74874791b05e740a1c3b998fcae38e7dd8648eeb47595", TaskIdentity.Compute(maps).CmdSha);
    }

    [Theory]
    [InlineData("a,b,c", 4)]
    [InlineData("c,b,a", 1)]
    [InlineData("b,trial_token,a", 3)]
    [InlineData("b,a,trial_token", 3)]
    [InlineData("trial_token", 5)]
    [InlineData("z", 7)]
    public void A_grid_has_the_identity_of_its_tasks_one_by_one(string axes, int values)
    {
        var names = axes.Split(',');
        var grid = TaskSet.Grid(names.Select((name, i) => new KeyValuePair<string, object?>(
            name, Enumerable.Range(0, values + i).Select(v => v % 2 == 0 ? (object)(v * 0.1) : $"\u00e9'{v}").ToArray())));
        var one = TaskIdentity.Compute(grid);
        var other = TaskIdentity.Compute(TaskSet.FromMaps(grid.Read().Select(task => task.Parameters)));
        Assert.Equal(other.CmdSha, one.CmdSha);
        Assert.Equal(other.Count, one.Count);
        Assert.Equal(other.ParameterNames, one.ParameterNames);
    }

    [Fact]
    public void A_grid_larger_than_a_block_has_the_identity_of_its_tasks()
    {
        var grid = TaskSet.Grid([new("long", new[] { new string('x', 9000), new string('y', 200_000) }), new("i", Enumerable.Range(0, 300)), new("a", 1.5)]);
        var listed = TaskSet.FromMaps(grid.Read().Select(task => task.Parameters));
        Assert.Equal(TaskIdentity.Compute(listed).CmdSha, TaskIdentity.Compute(grid).CmdSha);
        Assert.Equal(TaskIdentity.Compute(listed).LargeValues["long"], TaskIdentity.Compute(grid).LargeValues["long"]);
        Assert.Equal(new LargeValue(300, 200_000), TaskIdentity.Compute(grid).LargeValues["long"]);
    }

    [SkippableFact]
    public void Any_tasks_have_the_identity_that_python_computes()
    {
        var python = PythonOracle.Find();
        Skip.If(python is null, "python3 is not here.");
        var values = Values.Nested(surrogateHalves: false).Generator.Sample(600)
            .Where(value => TextCheck.Problem(value) is null).ToArray();
        var maps = values.Select((value, i) => i % 3 == 0 ? Map(("b", value), ("\u00e9", (long)i), ("trial_token", value)) : Map(("B", i * 0.1), ("b", value))).ToArray();
        var input = string.Join('\n', maps.Select(map => CanonicalJson.ToText(map)));
        // The names differ between tasks, which is fine; 'b' and 'B' would be one variable, so only one of them stays.
        input = input.Replace("\"B\":", "\"c\":", StringComparison.Ordinal);
        maps = [.. maps.Select(map => ParameterMap.Create(map.Select(e => new KeyValuePair<string, object?>(e.Key == "B" ? "c" : e.Key, e.Value))))];
        Assert.Equal(PythonOracle.Run(python!, ["-c", Script], input), TaskIdentity.Compute(TaskSet.FromMaps(maps)).CmdSha);
    }

    [Fact]
    public void The_trial_token_makes_no_other_identity_but_another_task()
    {
        var plain = TaskSet.FromMaps([Map(("a", 1L))]);
        var first = TaskSet.FromMaps([Map(("trial_token", "x"), ("a", 1L))]);
        Assert.Equal(TaskIdentity.Compute(plain).CmdSha, TaskIdentity.Compute(first).CmdSha);
        TaskIdentity.Compute(TaskSet.FromMaps([Map(("a", 1L), ("trial_token", 1L)), Map(("a", 1L), ("trial_token", 2L))]));
        Assert.Contains("Tasks 0 and 1", Refused(() => TaskIdentity.Compute(
            TaskSet.FromMaps([Map(("a", 1L), ("trial_token", 1L)), Map(("trial_token", 1L), ("a", 1L))]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_tasks_are_refused_with_both_ids()
    {
        var maps = Enumerable.Range(0, 5000).Select(i => Map(("a", i == 4321 ? 17L : i))).ToArray();
        Assert.Contains("Tasks 17 and 4321", Refused(() => TaskIdentity.Compute(TaskSet.FromMaps(maps))), StringComparison.Ordinal);
        var grid = TaskSet.Grid([new("a", new object[] { 1, 2, 1 }), new("b", new[] { 5, 6 })]);
        Assert.Contains("Tasks 0 and 4", Refused(() => TaskIdentity.Compute(grid)), StringComparison.Ordinal);
        TaskIdentity.Compute(TaskSet.FromObjects([1, 1.0, true, "1", "true", null, "null"]));
    }

    [Fact]
    public void An_empty_set_is_refused() => Assert.Contains("empty", Refused(() => TaskIdentity.Compute(TaskSet.FromMaps([]))), StringComparison.Ordinal);

    [Theory]
    [InlineData("path", "PATH")]
    [InlineData("Omp_Num_Threads", "shadow")]
    [InlineData("slurm_x", "SLURM_")]
    [InlineData("HPC_KW_A", "HPC_KW_")]
    [InlineData("", "empty")]
    [InlineData("a{b", "brace")]
    [InlineData(" a", "white space")]
    [InlineData("a\nb", "control")]
    [InlineData("a<high>", "surrogate")]
    public void Impossible_names_are_refused_with_the_reason(string name, string reason)
    {
        name = WithHalves(name);
        Assert.Contains(reason, Refused(() => ParameterNames.Validate([name])), StringComparison.Ordinal);
        Assert.Contains(reason, Refused(() => TaskIdentity.Compute(TaskSet.FromMaps([Map((name, 1L))]))), StringComparison.Ordinal);
        Assert.Contains(reason, Refused(() => TaskIdentity.Compute(TaskSet.Grid([new(name, 1L)]))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lr", "HPC_KW_LR")]
    [InlineData("_", "HPC_KW__")]
    [InlineData("a-b c.d", "HPC_KW_A_B_C_D")]
    [InlineData("\u00e9\U0001F600\u0131x", "HPC_KW____X")]
    public void A_name_gives_its_variable(string name, string variable) => Assert.Equal(variable, ParameterNames.VariableFor(name));

    [Fact]
    public void Names_with_one_variable_are_refused_even_in_different_tasks()
    {
        var message = Refused(() => TaskIdentity.Compute(TaskSet.FromMaps([Map(("a-b", 1L)), Map(("A.B", 1L))])));
        Assert.Contains("'a-b' and 'A.B'", message, StringComparison.Ordinal);
        Assert.Contains("HPC_KW_A_B", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\0b", "NUL")]
    [InlineData("a<high>", "surrogate")]
    [InlineData("<low><high>", "surrogate")]
    public void Values_that_no_variable_can_hold_are_refused_with_task_and_name(string value, string reason)
    {
        value = WithHalves(value);
        foreach (var nested in new object?[] { value, new object?[] { 1L, Map(("k", value)) }, Map((value, 1L)) })
        {
            var message = Refused(() => TaskIdentity.Compute(TaskSet.FromMaps([Map(("x", 1L)), Map(("x", nested))])));
            Assert.Contains("Task 1: the parameter 'x'", message, StringComparison.Ordinal);
            Assert.Contains(reason, message, StringComparison.Ordinal);
            Assert.Contains("Task 1: the parameter 'x'", Refused(() => TaskIdentity.Compute(TaskSet.Grid([new("x", new[] { 1L, nested })]))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void More_than_the_environment_holds_is_refused()
    {
        var many = ParameterMap.Create(Enumerable.Range(0, 9).Select(i => new KeyValuePair<string, object?>($"p{i}", new string('x', 60_000))));
        Assert.Contains("540000", Refused(() => TaskIdentity.Compute(TaskSet.FromMaps([many]))), StringComparison.Ordinal);
        Assert.Contains("540000", Refused(() => TaskIdentity.Compute(TaskSet.Grid(many))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_only_some_tasks_have_is_noted()
    {
        var identity = TaskIdentity.Compute(TaskSet.FromMaps([Map(("a", 1L), ("b", 1L)), Map(("a", 2L)), Map(("a", 3L), ("c", 1L))]));
        Assert.Equal(["a", "b", "c"], identity.ParameterNames);
        Assert.Equal([new("b", 1), new("c", 0)], identity.AbsentFrom.OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_identity_of_a_run_covers_everything_given()
    {
        var environment = new Dictionary<string, object?> { ["A"] = "1", ["modules"] = new[] { "gcc" } };
        var all = new[]
        {
            TaskIdentity.RunSha("c", "d", "x", environment),
            TaskIdentity.RunSha("C", "d", "x", environment),
            TaskIdentity.RunSha("c", null, "x", environment),
            TaskIdentity.RunSha("c", "d", "y", environment),
            TaskIdentity.RunSha("c", "d", "x", new Dictionary<string, object?>()),
            TaskIdentity.RunSha("c", "d", "x", environment, new Dictionary<string, object?> { ["shell"] = "sh" }),
        };
        Assert.Equal(all.Length, all.Distinct(StringComparer.Ordinal).Count());
        var reordered = new Dictionary<string, object?> { ["modules"] = new[] { "gcc" }, ["A"] = "1" };
        Assert.Equal(all[0], TaskIdentity.RunSha("c", "d", "x", reordered, new Dictionary<string, object?>()));
    }
}
