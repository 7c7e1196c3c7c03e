using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

public sealed class PatternLiteralsTests
{
    [Theory]
    [InlineData("No space left", "no space left")]
    [InlineData("(?i)out of Memory", "out of memory")]
    [InlineData("ENOSPC|disk full", "enospc,disk full")]
    [InlineData("^(mpirun|mpiexec): not found$", ": not found")]
    [InlineData("(?i)\\b(error|fatal)\\b", "error,fatal")]
    [InlineData("std::bad_alloc", "std::bad_alloc")]
    [InlineData("java\\.lang\\.(A|B)", "java.lang.")]
    [InlineData("abcde?fgh", "abcd")]
    [InlineData("abc*defg", "defg")]
    [InlineData("abc+defg", "defg")]
    [InlineData("ab{0,2}cdef", "cdef")]
    [InlineData("[abc]\\]]def", "]]def")]
    [InlineData("[^]]defg", "defg")]
    [InlineData("exited (with|on)? code", "exited ")]
    [InlineData("ab|cdef", null)]
    [InlineData("(abc|d) x", null)]
    [InlineData("(abc)?x", null)]
    [InlineData("\\w+ \\d+", null)]
    [InlineData("(?i:abcdef)", null)]
    public void Texts_are_found_without_which_a_pattern_cannot_match(string pattern, string? literals)
    {
        IReadOnlyList<string>? found = PatternLiterals.Of(pattern);
        Assert.Equal(literals, found is null ? null : string.Join(',', found));
    }

    [Fact]
    public void No_line_is_passed_over_that_a_rule_fits()
    {
        string[] lines = [.. BuiltInRulesTests.Texts().SelectMany(t => ((string)t[1]).Split('\n'))];
        Assert.All(lines, line => Assert.Equal(
            FailureRuleSet.BuiltIn.Textual.Where(r => r.Patterns.Any(p => p.IsIn(line))).Select(r => r.Name),
            FailureRuleSet.BuiltIn.On(line).Select(r => r.Name)));
        Assert.Contains(lines, line => FailureRuleSet.BuiltIn.On(line).Length > 1);
    }

    [Fact]
    public void Texts_that_overlap_are_all_found()
    {
        LiteralSearch search = new([("he", 1), ("she", 2), ("his", 3), ("hers", 4), ("error", 5)]);
        SortedSet<int> found = [];
        search.Find("uSHErs ërror ERRoR", found);
        Assert.Equal([1, 2, 4, 5], found);
    }
}
