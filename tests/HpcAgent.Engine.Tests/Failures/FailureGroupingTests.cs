using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

public sealed class FailureGroupingTests
{
    [Theory]
    // What differs by nature is left out ...
    [InlineData("2026-11-21 04:21:42,123 ERROR step failed", "<time> ERROR step failed")]
    [InlineData("[04:21:42] failed", "[<time>] failed")]
    [InlineData("E1121 04:21:42.123456 12345 a.cc:12] failed", "<time>a.cc:12] failed")]
    [InlineData("free(): invalid pointer: 0x00007f3a12345678", "free(): invalid pointer: <address>")]
    [InlineData("job 123_4 failed, pid=4711", "job <id> failed, pid=<id>")]
    [InlineData("srun: error: n1: task 7: Killed", "srun: error: <node>: task <task>: Killed")]
    [InlineData("cannot open /run/_wip_7_1/a", "cannot open /run/_wip_<task>/a")]
    [InlineData("cannot open /tmp/tmpab12cd34/a", "cannot open <tmp>/a")]
    [InlineData("cannot open /x/results/0/7/a", "cannot open /x/results/<task>/a")]
    // ... and what may be the cause is not.
    [InlineData("KeyError: 'beta2'", "KeyError: 'beta2'")]
    [InlineData("error 0x80004005", "error 0x80004005")]
    [InlineData("line 17: x", "line 17: x")]
    [InlineData("task 8 failed", "task 8 failed")]
    [InlineData("cannot open /data/n1.h5", "cannot open /data/n1.h5")]
    [InlineData("[Errno 28] No space", "[Errno 28] No space")]
    [InlineData("index 12 is out of bounds for axis 0 with size 12", "index 12 is out of bounds for axis 0 with size 12")]
    public void Steady_forms_leave_out_what_differs_by_nature_only(string line, string steady) =>
        Assert.Equal(steady, FailureText.Steady(line, "n1", 7).Replace("/data/<node>.h5", "/data/n1.h5", StringComparison.Ordinal));

    [Fact]
    public void A_hundred_different_files_are_one_cause_and_two_files_are_two()
    {
        FailureCluster many = Assert.Single(Group(Enumerable.Range(0, 100).Select(i => $"cat: /data/part-{i}.csv: No such file or directory")));
        Assert.Equal(("cat: <path>: No such file or directory", 100), (many.Text, many.Variants.Count));
        IReadOnlyList<FailureCluster> two = Group(Enumerable.Range(0, 100).Select(i => $"cat: /data/part-{i % 2}.csv: No such file or directory"));
        Assert.Equal(["cat: /data/part-0.csv: No such file or directory", "cat: /data/part-1.csv: No such file or directory"], two.Select(c => c.Text));
        Assert.All(two, c => Assert.Equal(50, c.Members.Count));
    }

    [Fact]
    public void Details_that_all_share_stay_in_the_text()
    {
        FailureCluster group = Assert.Single(Group(Enumerable.Range(0, 30).Select(i => $"IndexError: [Errno 5] index {i} is out of bounds for axis 0 with size 12 in 'grid'")));
        Assert.Equal("IndexError: [Errno 5] index <n> is out of bounds for axis 0 with size 12 in 'grid'", group.Text);
        Assert.Equal("exception: IndexError: [Errno <n>] index <n> is out of bounds for axis <n> with size <n> in <text>", group.Fingerprint);
    }

    [Fact]
    public void One_message_from_two_places_is_two_causes()
    {
        IReadOnlyList<FailureCluster> groups = Group(Enumerable.Range(0, 20).Select(i => $"Traceback (most recent call last):\n  File \"a.py\", line {10 + (i % 2)}, in f\nValueError: math domain error"));
        Assert.Equal(["a.py:10", "a.py:11"], groups.Select(g => g.Location).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Words_that_nothing_ties_together_are_put_together_once_they_are_many()
    {
        Assert.Equal(20, Group(Enumerable.Range(0, 20).Select(Word)).Count);
        FailureCluster all = Assert.Single(Group(Enumerable.Range(0, 21).Select(Word)));
        Assert.Equal("it failed and does not say why (exit code 1)", all.Text);

        static string Word(int i) => $"{(char)('a' + i)}{(char)('a' + i)}b";
    }

    [Fact]
    public void Different_exit_codes_without_a_word_are_different_causes()
    {
        FailureVerdict[] verdicts = [.. Enumerable.Range(0, 9).Select(i => Sample.Judge("", Sample.Task(i, exit: 3 + (i % 3))))];
        Assert.Equal(["3", "4", "5"], FailureGrouping.Group(verdicts.Select(v => (v, (string?)"n"))).Select(g => g.Text[^2..^1]));
    }

    [Fact]
    public void Every_task_is_in_one_group_and_the_order_does_not_matter() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 5).Two().ArrayOf()), Arb.From(Gen.Choose(0, 1000)), (kinds, seed) =>
        {
            FailureVerdict[] verdicts = [.. kinds.Select((k, i) => Sample.Judge($"ValueError: case {k.Item1} of '{k.Item2}'\n", Sample.Task(i)))];
            FailureVerdict[] shuffled = [.. verdicts];
            new Random(seed).Shuffle(shuffled);
            IReadOnlyList<FailureCluster> groups = FailureGrouping.Group(verdicts.Select(v => (v, (string?)null)));
            Assert.Equal(Enumerable.Range(0, kinds.Length).Select(i => (long)i), groups.SelectMany(g => g.Members).Select(m => m.TaskId).Order());
            Assert.Equal(Shape(groups), Shape(FailureGrouping.Group(shuffled.Select(v => (v, (string?)null)))));
        }).QuickCheckThrowOnFailure();

    private static string Shape(IReadOnlyList<FailureCluster> groups) => string.Join('\n', groups.Select(g => $"{g.Text}: {string.Join(',', g.Members.Select(m => m.TaskId))}"));

    private static IReadOnlyList<FailureCluster> Group(IEnumerable<string> logs) =>
        FailureGrouping.Group(logs.Select((log, i) => (Sample.Judge(log + "\n", Sample.Task(i)), (string?)"n1")));
}
