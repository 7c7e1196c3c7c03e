using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class ResultFolderTests
{
    [Theory]
    [InlineData(null, "12/12345")]
    [InlineData("", "12/12345")]
    [InlineData("{task_id}", "12345")]
    [InlineData("{run_id}/{model}/seed-{seed}", "run/res net/seed-7", "res%20net")]
    [InlineData("{model}/", "res net", "res%20net")]
    [InlineData("plain/{seed}/x", "plain/7/x")]
    public void Formats_the_folder_of_a_task(string? template, string expected, string? escaped = null) =>
        Assert.Equal(escaped is null ? expected : expected.Replace("res net", escaped, StringComparison.Ordinal), ResultFolder.Parse(template, "run").Format(Task(12345, ("model", "res net"), ("seed", 7L))));

    [Theory]
    [InlineData("..", "%2E%2E")]
    [InlineData(".", "%2E")]
    [InlineData("", "%")]
    [InlineData("a/b\\c", "a%2Fb%5Cc")]
    [InlineData("%2F", "%252F")]
    [InlineData("ä😀", "ä😀")]
    [InlineData("a:b*c?d\"e<f>g|h", "a%3Ab%2Ac%3Fd%22e%3Cf%3Eg%7Ch")]
    [InlineData("new\nline", "new%0Aline")]
    public void Values_become_one_path_segment_each(string value, string segment) =>
        Assert.Equal(segment, ResultFolder.Parse("{v}", "run").Format(Task(0, ("v", value))));

    [Fact]
    public void Different_values_never_share_a_segment() => Prop.ForAll<NonNull<string>, NonNull<string>>((a, b) =>
    {
        if (!IsText(a.Get) || !IsText(b.Get)) return;
        ResultFolder folder = ResultFolder.Parse("{v}", "run");
        string first = folder.Format(Task(0, ("v", a.Get)));
        Assert.DoesNotContain('/', first);
        Assert.Equal(a.Get == b.Get, first == folder.Format(Task(1, ("v", b.Get))));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("/abs/{i}", "relative")]
    [InlineData("a/../{i}", "relative")]
    [InlineData("..\\{i}", "relative")]
    [InlineData("{i", "character 1")]
    [InlineData("a/{i}/{j", "character 7")]
    public void A_template_that_leaves_the_results_or_cannot_be_read_is_refused(string template, string why)
    {
        HpcException error = Assert.Throws<HpcException>(() => ResultFolder.Parse(template, "run"));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(template, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_a_task_lacks_is_an_error_that_lists_those_it_has()
    {
        HpcException error = Assert.Throws<HpcException>(() => ResultFolder.Parse("{x}", "run").Format(Task(3, ("lr", 1L))));
        Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
        Assert.Contains("task 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("lr", error.Remediation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("{task_id}", true)]
    [InlineData("{a}/{task_id}", true)]
    [InlineData("{a}/{task_id}/{b}", true)]
    [InlineData("{a}_{task_id}", true)]
    [InlineData("{task_id}_{a}", true)]
    [InlineData("{a}{task_id}", false)]
    [InlineData("{task_id}{a}", false)]
    [InlineData("{a}1{task_id}", false)]
    [InlineData("{a}_{task_id}_{b}", false)]
    [InlineData("{a}", false)]
    public void Only_a_task_id_that_stands_alone_keeps_folders_apart_by_itself(string? template, bool apart) =>
        Assert.Equal(apart, ResultFolder.Parse(template, "run").HasTaskId);

    [Fact]
    public void Folders_that_are_said_to_stay_apart_do() => Prop.ForAll(
        Arb.From(Gen.Elements("{task_id}", "{a}/{task_id}", "{a}_{task_id}", "{task_id}_{a}", "x{task_id}/{a}")),
        Arb.From(Gen.Elements("1", "11", "1_1", "_", "1_", "x")),
        Arb.From(Gen.Elements("1", "11", "1_1", "_", "_1", "x")),
        (template, first, second) =>
        {
            ResultFolder folder = ResultFolder.Parse(template, "run");
            if (!folder.HasTaskId) return;
            foreach ((long a, long b) in (ReadOnlySpan<(long, long)>)[(1, 11), (1, 111), (2, 12), (11, 1)])
                Assert.NotEqual(folder.Format(Task(a, ("a", first))), folder.Format(Task(b, ("a", second))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_parameter_called_task_id_does_not_hide_the_number_of_the_task() =>
        Assert.Equal("4", ResultFolder.Parse("{task_id}", "run").Format(Task(4, ("task_id", "same for all"))));

    private static bool IsText(string text) => text.Length < 200 && System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) == text;

    private static RunTask Task(long id, params (string Name, object? Value)[] parameters) =>
        new(id, parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));
}
