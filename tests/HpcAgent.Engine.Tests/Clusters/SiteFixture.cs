using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Tests.Clusters;

/// <summary>A clusters.yaml in a home folder of its own.</summary>
internal sealed class SiteFixture : IDisposable
{
    private readonly TempFolder _home = new();

    public SiteFixture(string yaml) => File = _home.Write(".hpc-agent/clusters.yaml", yaml.ReplaceLineEndings("\n"));

    public string File { get; }

    public string Home => _home.Root;

    public SiteCatalogue Open() => new(new Dictionary<string, string> { ["HOME"] = Home });

    /// <summary>The one cluster of a text, which is the lines below its name.</summary>
    public static SiteConfig Read(string body, string name = "c")
    {
        using SiteFixture fixture = new($"{name}:\n{Indent(body)}");
        return fixture.Open().Find(name)!;
    }

    /// <summary>The error of the one cluster of a text, its path shortened to F.</summary>
    public static HpcException Fail(string body, string name = "c")
    {
        using SiteFixture fixture = new($"{name}:\n{Indent(body)}");
        HpcException error = Assert.Throws<HpcException>(() => fixture.Open().Find(name));
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.False(string.IsNullOrWhiteSpace(error.Remediation));
        return new HpcException(error.Code, error.Message.Replace(fixture.File, "F", StringComparison.Ordinal), error.Remediation);
    }

    public void Dispose() => _home.Dispose();

    private static string Indent(string body) => string.Concat(body.ReplaceLineEndings("\n").Split('\n').Select(line => $"  {line}\n"));
}
