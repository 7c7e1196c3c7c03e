using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class PromotionTests : IDisposable
{
    private static readonly ResultStamp s_stamp = new("sha", 2);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Work => _folder["work"];

    private string Results => _folder["results"];

    [Fact]
    public void The_metrics_go_last_and_after_the_stamp()
    {
        _folder.Write("work/metrics.json", "{}");
        _folder.Write("work/zz", "z");
        _folder.Write("work/sub/deep/file", "f");
        // A folder with content stands where a sibling should go: the promotion stops there, and the metrics must not have moved.
        _folder.Write("results/zz/in the way");
        Assert.ThrowsAny<Exception>(() => Promotion.Promote(Work, Results, s_stamp));
        Assert.False(File.Exists(Path.Combine(Results, "metrics.json")));
        Assert.True(File.Exists(Path.Combine(Work, "metrics.json")));
        Directory.Delete(Path.Combine(Results, "zz"), recursive: true);
        Promotion.Promote(Work, Results, s_stamp);
        Assert.Equal(["f", "z", "{}"], [Read("sub/deep/file"), Read("zz"), Read("metrics.json")]);
        Assert.False(Directory.Exists(Work));
        Assert.True(ResultStamp.Matches(Results, "sha", 2));
    }

    [Fact]
    public void Doing_it_again_after_any_interruption_finishes_it()
    {
        for (int moved = 0; moved <= 3; moved++)
        {
            foreach (string name in (string[])["a", "b", "metrics.json"]) _folder.Write($"work/{name}", name);
            foreach (string name in ((string[])["a", "b", "metrics.json"]).Take(moved))
            {
                Directory.CreateDirectory(Results);
                File.Move(Path.Combine(Work, name), Path.Combine(Results, name), overwrite: true);
            }
            Promotion.Promote(Work, Results, s_stamp);
            Assert.Equal(["a", "b", "metrics.json"], [Read("a"), Read("b"), Read("metrics.json")]);
            Assert.False(Directory.Exists(Work));
            Promotion.Promote(Work, Results, s_stamp);
            Directory.Delete(Results, recursive: true);
        }
    }

    [Fact]
    public void A_task_that_wrote_nothing_leaves_no_folder()
    {
        Directory.CreateDirectory(Path.Combine(Work, "empty"));
        _folder.Write("work/void");
        Promotion.Promote(Work, Results, s_stamp);
        Assert.False(Directory.Exists(Results));
        Assert.False(Directory.Exists(Work));
        Promotion.Promote(_folder["never there"], Results, s_stamp);
    }

    [SkippableFact]
    public void A_link_to_a_folder_is_neither_entered_nor_moved()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a privilege there");
        _folder.Write("outside/precious", "p");
        Directory.CreateDirectory(Work);
        Directory.CreateSymbolicLink(Path.Combine(Work, "link"), _folder["outside"]);
        File.CreateSymbolicLink(Path.Combine(Work, "metrics.json"), _folder["outside/precious"]);
        Promotion.Promote(Work, Results, s_stamp);
        Assert.Equal("p", File.ReadAllText(_folder["outside/precious"]));
        Assert.False(Directory.Exists(Results));
        Assert.False(Directory.Exists(Work));
    }

    [Fact]
    public void A_stamp_fits_only_its_identity_and_attempt_and_only_with_the_metrics()
    {
        _folder.Write("work/a", "a");
        Promotion.Promote(Work, Results, s_stamp);
        Assert.False(ResultStamp.Matches(Results, "sha", 2));
        _folder.Write("results/metrics.json", "{}");
        Assert.True(ResultStamp.Matches(Results, "sha", 2));
        Assert.False(ResultStamp.Matches(Results, "sha", 1));
        Assert.False(ResultStamp.Matches(Results, "other", 2));
        Assert.False(ResultStamp.Matches(_folder["nowhere"], "sha", 2));
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(Results, name));
}
