using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Tests.Clusters;

public sealed class SiteCatalogueTests
{
    [Fact]
    public void A_broken_entry_leaves_the_others_usable()
    {
        using SiteFixture fixture = new("good:\n  scheduler: slurm\nbad:\n  scheduler: nosuch\nlast: {scheduler: sge}\nnone:\n");
        SiteCatalogue sites = fixture.Open();
        Assert.Equal(["good", "bad", "last", "none"], sites.Names);
        Assert.Equal("slurm", sites.Find("good")!.Scheduler);
        Assert.Equal("sge", sites.Find("last")!.Scheduler);
        Assert.Null(sites.Find("Good"));
        HpcException error = Assert.Throws<HpcException>(() => sites.Find("bad"));
        Assert.Equal(error.Message, sites.Entries[1].Problem!.Message);
        Assert.Equal($"{fixture.File}:3", sites.Entries[1].Origin);
        Assert.Contains("is nothing, not a map", sites.Entries[3].Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_that_is_there_twice_cannot_be_used()
    {
        using SiteFixture fixture = new("a: {scheduler: slurm}\nb: {scheduler: slurm}\na: {scheduler: sge}\n");
        SiteCatalogue sites = fixture.Open();
        Assert.Equal(["a", "b"], sites.Names);
        Assert.Contains($"{fixture.File}:3:1: the cluster 'a' is there twice, first in line 1", Assert.Throws<HpcException>(() => sites.Find("a")).Message, StringComparison.Ordinal);
        Assert.NotNull(sites.Find("b"));
    }

    [Fact]
    public void Anchors_and_merge_keys_work()
    {
        using SiteFixture fixture = new("""
            x-common: &common
              scheduler: slurm
              account: shared
              constraints: &limits {max_array_size: 10, max_walltime: 1h}
            .other: &other {account: other, qos: high}
            a:
              account: own
              <<: *common
            b:
              <<: [*other, *common]
              constraints:
                <<: *limits
                max_array_size: 20
            c: *common
            """);
        SiteCatalogue sites = fixture.Open();
        Assert.Equal(["a", "b", "c"], sites.Names);
        Assert.Equal(("own", 10L, null), (sites.Find("a")!.Options.Account, sites.Find("a")!.Limits.MaxArrayIndex, sites.Find("a")!.Options.Qos));
        SiteConfig b = sites.Find("b")!;
        Assert.Equal(("other", "high", 20L, TimeSpan.FromHours(1)), (b.Options.Account, b.Options.Qos, b.Limits.MaxArrayIndex, b.Limits.MaxWalltime));
        Assert.Equal($"{fixture.File}:13", b.Places["max_array_size"]);
        Assert.Equal($"{fixture.File}:4", b.Places["max_walltime"]);
        Assert.Equal("shared", sites.Find("c")!.Options.Account);
    }

    [Fact]
    public void Json_is_read_too()
    {
        using SiteFixture fixture = new("""{"c": {"scheduler": "slurm", "port": 22, "modules": ["a"], "host": null, "constraints": {"max_walltime": "2:00:00"}}}""");
        Assert.Equal(TimeSpan.FromHours(2), fixture.Open().Find("c")!.Limits.MaxWalltime);
    }

    [Theory]
    [InlineData("a: [1\n", ":")]
    [InlineData("- a\n", ":1:1: the file is a list, not a map")]
    [InlineData("just text\n", ":1:1: the file is text, not a map")]
    [InlineData("a: {scheduler: slurm}\n---\nb: {}\n", "a second document begins")]
    [InlineData("a: *nowhere\n", ":1:4: there is no anchor 'nowhere'")]
    [InlineData("? [a]\n: b\n", "a key is not text")]
    [InlineData("a:\n  <<: 5\n", ":2:7: a merge key (<<) holds a number")]
    [InlineData("a: &a\n  b: *a\n", "there is no anchor 'a'")]
    [InlineData("a:\n\tb: c\n", "tab")]
    public void A_file_that_is_no_map_of_clusters_is_refused_with_its_place(string yaml, string says)
    {
        using SiteFixture fixture = new(yaml);
        SiteCatalogue sites = fixture.Open();
        HpcException error = Assert.Throws<HpcException>(() => sites.Names.Count());
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.StartsWith(fixture.File, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Throws<HpcException>(() => sites.Find("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    public void An_empty_file_has_no_clusters(string yaml)
    {
        using SiteFixture fixture = new(yaml);
        Assert.Empty(fixture.Open().Names);
    }

    [Fact]
    public void Without_a_file_there_are_no_clusters()
    {
        using TempFolder home = new();
        Assert.Empty(new SiteCatalogue(new Dictionary<string, string> { ["HOME"] = home.Root }).Names);
        Assert.Empty(new SiteCatalogue(new Dictionary<string, string>()).Names);
        Assert.Null(new SiteCatalogue(new Dictionary<string, string>()).FilePath);
        Assert.Null(new SiteCatalogue(new Dictionary<string, string>()).Find("a"));
    }

    [Fact]
    public void The_given_file_stands_above_the_variable_and_the_variable_above_the_home_folder()
    {
        using SiteFixture fixture = new("at_home: {scheduler: slurm}\n");
        string named = Path.Join(fixture.Home, "named.yaml");
        string given = Path.Join(fixture.Home, "given.yaml");
        File.WriteAllText(named, "named: {scheduler: slurm}\n");
        File.WriteAllText(given, "given: {scheduler: slurm}\n");
        Dictionary<string, string> environment = new() { ["HOME"] = fixture.Home };
        Assert.Equal(["at_home"], new SiteCatalogue(environment).Names);
        environment[SiteCatalogue.FileVariable] = "  ";
        Assert.Equal(["at_home"], new SiteCatalogue(environment).Names);
        environment[SiteCatalogue.FileVariable] = "~/named.yaml";
        Assert.Equal(["named"], new SiteCatalogue(environment).Names);
        Assert.Equal(["given"], new SiteCatalogue(environment, given).Names);
        Assert.Equal(given, new SiteCatalogue(environment, given).FilePath);
    }

    [Fact]
    public void A_file_that_somebody_named_must_exist()
    {
        using TempFolder home = new();
        Dictionary<string, string> environment = new() { ["HOME"] = home.Root, [SiteCatalogue.FileVariable] = home["none.yaml"] };
        HpcException error = Assert.Throws<HpcException>(() => new SiteCatalogue(environment).Entries);
        Assert.Contains("which HPC_CLUSTERS_CONFIG names", error.Message, StringComparison.Ordinal);
        environment[SiteCatalogue.FileVariable] = "some/clusters.yaml";
        Assert.Contains("not an absolute path", Assert.Throws<HpcException>(() => new SiteCatalogue(environment).Find("a")).Message, StringComparison.Ordinal);
        Assert.Throws<HpcException>(() => new SiteCatalogue(environment, home.Root).Entries);
    }

    [Fact]
    public void Nothing_is_read_before_it_is_needed()
    {
        using SiteFixture fixture = new("a: [");
        SiteCatalogue sites = fixture.Open();
        File.WriteAllText(fixture.File, "late: {scheduler: sge}\n");
        Assert.Equal(["late"], sites.Names);
        File.Delete(fixture.File);
        Assert.NotNull(sites.Find("late"));
    }

    [Fact]
    public void The_template_is_refused_only_for_its_placeholders()
    {
        using SiteFixture fixture = new(File.ReadAllText(Template()));
        IReadOnlyList<SiteEntry> entries = fixture.Open().Entries;
        Assert.Equal(["my_slurm", "my_sge"], entries.Select(e => e.Name));
        Assert.All(entries, e => Assert.Contains("is still the placeholder '<your_login_host>'", e.Problem!.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_template_works_once_it_is_filled_in(bool withComments)
    {
        string text = File.ReadAllText(Template()).Replace("<your_", "my_", StringComparison.Ordinal).Replace("}>", "", StringComparison.Ordinal)
            .Replace("host>", "host", StringComparison.Ordinal).Replace("user>", "user", StringComparison.Ordinal)
            .Replace("account>", "account", StringComparison.Ordinal).Replace("project>", "project", StringComparison.Ordinal);
        if (withComments) text = text.Replace("\n  # ", "\n  ", StringComparison.Ordinal);
        using SiteFixture fixture = new(text);
        Assert.All(fixture.Open().Entries, e => Assert.Null(e.Problem));
        SiteConfig slurm = fixture.Open().Find("my_slurm")!;
        Assert.Equal(withComments ? 1000 : null, slurm.Limits.MaxArrayIndex);
        Assert.Equal(("my_login_host", "/scratch/my_user"), (slurm.Host, slurm.Scratch));
        Assert.Equal(withComments ? TimeSpan.FromHours(24) : null, fixture.Open().Find("my_sge")!.Limits.MaxWalltime);
    }

    private static string Template()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string file = Path.Join(at.FullName, "templates", "scaffolds", "clusters.yaml");
            if (File.Exists(file)) return file;
        }
        throw new FileNotFoundException("templates/scaffolds/clusters.yaml is in no folder above the tests");
    }
}
