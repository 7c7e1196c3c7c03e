using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Snapshots;

namespace HpcAgent.Engine.Tests.Snapshots;

public sealed class IgnoreRuleTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("*.log", "a/b.log", true)]
    [InlineData("/*.log", "a/b.log", false)]
    [InlineData("a/*.log", "a/b.log", true)]
    [InlineData("a/*.log", "x/a/b.log", false)]
    [InlineData("**/a/*.log", "x/a/b.log", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**/c", "a/c", true)]
    [InlineData("a/**/c", "a/b/b/c", true)]
    [InlineData("a**c", "a/c", false)]
    [InlineData("/a**/b", "ab", true)]
    [InlineData("x/a**/b", "x/ab", true)]
    [InlineData("a/b", "a/bc", false)]
    [InlineData("build/", "x/build/y", true)]
    [InlineData("build/", "x/build", false)]
    [InlineData("#x", "#x", false)]
    [InlineData("\\#x", "#x", true)]
    [InlineData("\\!x", "!x", true)]
    [InlineData("x  ", "x", true)]
    [InlineData("x\\ ", "x ", true)]
    [InlineData("x\r\n", "x", true)]
    [InlineData("\uFEFFx", "x", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[[:digit:]]x", "7x", true)]
    [InlineData("[]x", "]x", false)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("*\n!keep", "keep", false)]
    [InlineData("dir\n!dir/keep", "dir/keep", true)]
    [InlineData("dir/*\n!dir/keep", "dir/keep", false)]
    [InlineData("!x\nx", "x", true)]
    [InlineData("", "x", false)]
    [InlineData("/", "x", false)]
    [InlineData("x\\", "x", false)]
    public void A_rule_speaks_of_what_git_says(string rules, string path, bool expected)
    {
        temp.Write(".hpcignore", rules);
        Assert.Equal(expected, new IgnoreTree(temp.Root, ".hpcignore").IsFileIgnored(path));
    }

    [Fact]
    public void A_deeper_file_goes_before_a_higher_one_but_not_below_an_ignored_folder()
    {
        temp.Write(".hpcignore", "*.csv\nout/");
        temp.Write("data/.hpcignore", "!keep.csv\n/local");
        temp.Write("out/.hpcignore", "!*");
        var tree = new IgnoreTree(temp.Root, ".hpcignore");
        Assert.True(tree.IsFileIgnored("data/a.csv"));
        Assert.False(tree.IsFileIgnored("data/keep.csv"));
        Assert.True(tree.IsFileIgnored("data/local"));
        Assert.False(tree.IsFileIgnored("data/x/local"));
        Assert.True(tree.IsFileIgnored("out/a"));
    }

    /// <summary>Random rules over a small tree; git itself is asked about every path.</summary>
    [SkippableFact]
    public async Task It_agrees_with_git_on_random_rules()
    {
        Skip.IfNot(await GitFolder.IsThereAsync(), "git is not installed");
        var git = await GitFolder.CreateAsync(temp["repo"]);
        var names = (string[])["a", "b", "ab", "a.b", "[a]", "a b", "!a", "#a", "é", "-", "a\\b"];
        var folders = (string[])["", "a/", "ab/", "a/b/", "a/b/a/", "é/", "a b/"];
        var paths = folders.SelectMany(folder => names.Select(name => folder + name)).Where(path => !folders.Contains(path + "/")).ToArray();
        foreach (var path in paths)
            temp.Write("repo/" + path);

        var piece = Gen.Elements("a", "b", "ab", "*", "**", "?", "/", "/", ".", "\\", "[a]", "[!a]", "[a-b]", "[", "]", " ", "!", "#", "é", "**/", "/**", "[[:alpha:]]", "[[:x:]]", "\\a", "[\\]]", "-", "[^b-]", "\r");
        var line = Gen.Choose(1, 5).SelectMany(count => piece.ArrayOf(count)).Select(string.Concat);
        var rules = Gen.Choose(1, 4).SelectMany(count => Gen.Zip(Gen.Frequency((3, Gen.Constant("")), (1, Gen.Constant("!"))), line).Select(pair => pair.Item1 + pair.Item2).ArrayOf(count)).Select(lines => string.Join('\n', lines));
        var compared = 0;
        foreach (var (top, nested) in Gen.Sample(Gen.Zip(rules, rules), 150, new Rnd(2026), 50))
        {
            foreach (var name in (string[])[".gitignore", ".hpcignore"])
            {
                temp.Write("repo/" + name, top);
                temp.Write("repo/a/" + name, nested);
            }

            var ignored = await git.IgnoredAsync(paths);
            var tree = new IgnoreTree(temp["repo"], ".hpcignore");
            foreach (var path in paths)
            {
                Assert.True(ignored.Contains(path) == tree.IsFileIgnored(path), $"{path}: git says {ignored.Contains(path)} for {Encoding.UTF8.GetBytes(top).Length} bytes <<{top}>> and, in a, <<{nested}>>");
                compared++;
            }
        }

        Assert.Equal(150 * paths.Length, compared);
    }
}
