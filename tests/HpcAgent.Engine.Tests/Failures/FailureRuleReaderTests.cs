using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

public sealed class FailureRuleReaderTests
{
    private const string Good = "- name: mesh\n  category: code_bug\n  pattern: mesh is not closed\n  remedy: Close it.\n";

    [Fact]
    public void A_rule_of_an_experiment_stands_above_those_on_text()
    {
        FailureVerdict verdict = Sample.Judge("ValueError: mesh is not closed\n", rules: Sample.Rules(Good));
        Assert.Equal(("mesh", FailureCategory.CodeBug, "Close it.", 150), (verdict.Rule.Name, verdict.Category, verdict.Rule.Remedy, verdict.Rule.Priority));
        Assert.Equal("walltime", Sample.Judge("mesh is not closed\n", Sample.Task(state: TaskState.Timeout), Sample.Rules(Good)).Rule.Name);
        Assert.Equal("mesh", Sample.Judge("mesh is not closed\n", Sample.Task(state: TaskState.Timeout), Sample.Rules(Good + "  priority: 2000\n")).Rule.Name);
    }

    [Fact]
    public void A_rule_of_an_experiment_takes_the_place_of_the_built_in_one_of_its_name()
    {
        FailureRuleSet rules = Sample.Rules("- {name: unknown, category: licence, exit: 77, remedy: Wait.}");
        Assert.Single(rules.Rules, r => r.Name == "unknown");
        Assert.Equal(FailureCategory.Licence, Sample.Judge("x\n", Sample.Task(exit: 77), rules).Category);
        Assert.Equal(FailureCategory.Unknown, Sample.Judge("x\n", Sample.Task(exit: 78), rules).Category);
    }

    [Fact]
    public void The_file_of_an_experiment_is_read_if_it_is_there()
    {
        string folder = Directory.CreateTempSubdirectory("hpc-rules-").FullName;
        try
        {
            Assert.Same(FailureRuleSet.BuiltIn, FailureRuleSet.Load(folder));
            Directory.CreateDirectory(Path.Combine(folder, ".hpc"));
            File.WriteAllText(Path.Combine(folder, ".hpc", "failure-rules.yaml"), Good);
            Assert.Equal("mesh", FailureRuleSet.Load(folder).Rules.First(r => r.Priority == 150).Name);
            File.WriteAllText(Path.Combine(folder, ".hpc", "failure-rules.yaml"), Good + "  colour: red\n");
            Assert.Contains("failure-rules.yaml:5:3: there is no key 'colour'", Assert.Throws<HpcException>(() => FailureRuleSet.Load(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("# nothing yet\n", 0)]
    [InlineData("[]", 0)]
    [InlineData(Good, 1)]
    public void Empty_files_are_no_error(string yaml, int count) => Assert.Equal(count, FailureRuleReader.Read(new StringReader(yaml), "r", true).Count);

    [Theory]
    [InlineData("name: x\n", "r:1:1: the file is a map, not a list of rules")]
    [InlineData("- x\n", "r:1:3: a rule is text, not a map")]
    [InlineData("- name: x\n", "r:1:3: a rule has no 'category'")]
    [InlineData("- {name: X, category: mpi, pattern: abc, remedy: y}\n", "r:1:10: 'X' cannot be the name of a rule")]
    [InlineData("- {name: x, category: mpj, pattern: abc, remedy: y}\n", "r:1:23: there is no category 'mpj'. Did you mean 'mpi'?")]
    [InlineData("- {name: x, category: mpi, remedy: y}\n", "r:1:3: the rule 'x' has no condition")]
    [InlineData("- {name: x, category: mpi, patern: abc, remedy: y}\n", "r:1:28: there is no key 'patern'. Did you mean 'pattern'?")]
    [InlineData("- {name: x, category: mpi, pattern: '(abc', remedy: y}\n", "r:1:37: the pattern cannot be read: ")]
    [InlineData("- {name: x, category: mpi, pattern: '(?=abc)d', remedy: y}\n", "r:1:37: the pattern '(?=abc)d' needs look-around")]
    [InlineData("- {name: x, category: mpi, pattern: '(?<a>x)\\k<a>', remedy: y}\n", "r:1:37: the pattern '(?<a>x)\\k<a>' needs look-around")]
    [InlineData("- {name: x, category: mpi, pattern: 'a*', remedy: y}\n", "r:1:37: the pattern 'a*' fits an empty line")]
    [InlineData("- {name: x, category: mpi, exit: 300, remedy: y}\n", "r:1:34: 'exit' must be a whole number from 0 to 255")]
    [InlineData("- {name: x, category: mpi, signal: [9, a], remedy: y}\n", "r:1:40: 'signal' must be a whole number from 1 to 64")]
    [InlineData("- {name: x, category: mpi, state: complete, remedy: y}\n", "r:1:35: 'complete' is not the state of a task that failed")]
    [InlineData("- {name: x, category: mpi, priority: 0, exit: 3, remedy: y}\n", "r:1:38: 'priority' must be")]
    [InlineData("- {name: x, category: mpi, exit: 3, remedy: y, remedy: z}\n", "r:1:48: 'remedy' is given twice, first in line 1")]
    [InlineData(Good + Good, "r:5:3: the rule 'mesh' is there twice, first in line 1")]
    [InlineData("- name: [x\n", "r:2:1: ")]
    public void What_is_wrong_is_said_with_line_and_column(string yaml, string message)
    {
        HpcException error = Assert.Throws<HpcException>(() => FailureRuleReader.Read(new StringReader(yaml), "r", true));
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remediation!);
    }

    [Fact]
    public void Every_category_has_a_name_and_each_name_its_category()
    {
        Assert.Equal(FailureCategoryName.All, FailureCategoryName.All.Select(c => FailureCategoryName.Parse(FailureCategoryName.Of(c))!.Value));
        Assert.All(FailureCategoryName.All, c => Assert.Matches("^[a-z_]+$", FailureCategoryName.Of(c)));
        Assert.Null(FailureCategoryName.Parse("Walltime"));
    }
}
