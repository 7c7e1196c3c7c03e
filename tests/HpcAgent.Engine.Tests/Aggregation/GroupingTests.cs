using System.Numerics;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public sealed class GroupingTests
{
    [Fact]
    public async Task Keys_differ_by_type_as_well_as_by_value()
    {
        object?[] values =
        [
            1L, "1", 1.0, true, "true", null, "", "x y", "x_y", new BigInteger(ulong.MaxValue), (double)ulong.MaxValue, 0.0, -0.0,
            new object?[] { 1L, 2L }, new object?[] { "1", 2L }, new object?[] { new object?[] { 1L }, 2L }, "[i1;i2;]", "n", "-",
        ];
        Aggregate aggregate = await Group(values.Concat(values).ToArray());
        Assert.Equal(values.Length, aggregate.Groups.Count);
        Assert.Equal(values, aggregate.Groups.Select(group => group.Key["p"]));
        Assert.All(aggregate.Groups, group => Assert.Equal((2, 2), (group.TaskCount, group.MissingCount)));
    }

    [Fact]
    public async Task Maps_are_equal_whatever_the_order_of_their_names()
    {
        Dictionary<string, object?> a = new() { ["x"] = 1L, ["y"] = 2.5 }, b = new() { ["y"] = 2.5, ["x"] = 1L };
        Dictionary<string, object?> c = new() { ["x"] = 1L, ["y"] = 2L };
        Assert.Equal(2, (await Group(a, b, c)).Groups.Count);
    }

    [Fact]
    public async Task Two_parameters_do_not_run_into_each_other()
    {
        AggregationRequest request = Request(
            2, Experiment.Tasks(2, i => ("p", i == 0 ? "ab" : "a"), i => ("q", i == 0 ? "c" : "bc")), "p", "q");
        Aggregate aggregate = await Experiment.RunAsync(request);
        Assert.Equal(2, aggregate.Groups.Count);
        Assert.Equal(["p", "q"], aggregate.Groups[0].Key.Keys);
        Assert.Equal(["q", "p"], (await Experiment.RunAsync(request with { GroupBy = ["q", "p"] })).Groups[0].Key.Keys);
    }

    [Fact]
    public async Task Groups_come_in_the_order_of_their_first_task_even_if_the_tasks_do_not()
    {
        IEnumerable<RunTask> tasks = Experiment.Tasks(6, i => ("p", i % 3)).Reverse();
        Aggregate aggregate = await Experiment.RunAsync(Request(6, tasks, "p"));
        Assert.Equal([0L, 1L, 2L], aggregate.Groups.Select(group => group.Key["p"]));
    }

    [Fact]
    public async Task A_task_without_the_parameter_is_not_one_with_null()
    {
        RunTask[] tasks = [new(0, new Dictionary<string, object?> { ["p"] = null }), new(1, new Dictionary<string, object?>())];
        Aggregate aggregate = await Experiment.RunAsync(Request(2, tasks, "p"));
        Assert.Equal(2, aggregate.Groups.Count);
        Assert.True(aggregate.Groups[0].Key.ContainsKey("p"));
        Assert.False(aggregate.Groups[1].Key.ContainsKey("p"));
    }

    [Fact]
    public async Task An_unknown_parameter_is_refused_with_those_that_exist()
    {
        HpcException error = await Assert.ThrowsAsync<HpcException>(
            () => Experiment.RunAsync(Request(3, Experiment.Tasks(3, i => ("lr", i), i => ("seed", i)), "seed", "LR")));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains("\"LR\"", error.Message, StringComparison.Ordinal);
        Assert.Equal("The parameters are: lr, seed.", error.Remediation);
    }

    [Fact]
    public async Task A_parameter_named_twice_is_refused()
    {
        HpcException error = await Assert.ThrowsAsync<HpcException>(
            () => Experiment.RunAsync(Request(1, Experiment.Tasks(1, i => ("p", i)), "p", "p")));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
    }

    [Fact]
    public async Task Tasks_that_do_not_fit_the_run_are_noticed()
    {
        foreach (long[] ids in new long[][] { [0], [0, 1, 2], [0, 0], [0, 2], [-1, 0] })
        {
            IEnumerable<RunTask> tasks = ids.Select(id => new RunTask(id, new Dictionary<string, object?> { ["p"] = 1L }));
            HpcException error = await Assert.ThrowsAsync<HpcException>(() => Experiment.RunAsync(Request(2, tasks, "p")));
            Assert.Equal(ErrorCode.SchemaIncompat, error.Code);
        }
    }

    private static Task<Aggregate> Group(params object?[] values) =>
        Experiment.RunAsync(Request(values.Length, Experiment.Tasks(values.Length, i => ("p", values[i])), "p"));

    private static AggregationRequest Request(long count, IEnumerable<RunTask> tasks, params string[] groupBy) =>
        Experiment.Request(new ResultFiles(task => Path.Combine(Path.GetTempPath(), "does-not-exist", $"{task}")), count, groupBy) with
        {
            Tasks = tasks,
        };
}
