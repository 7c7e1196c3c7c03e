using System.Text.Json;
using Xunit.Abstractions;

namespace HpcAgent.Cmdlets.Tests;

/// <summary>Each file of tests/pester, in a pwsh of its own, against the package. What fails there is named here.</summary>
public sealed class PesterTests(PackageFixture package, ITestOutputHelper output) : IClassFixture<PackageFixture>
{
    private static string Folder => Path.Combine(PowerShellProgram.RepositoryFolder, "tests", "pester");

    public static TheoryData<string> Files() =>
        [.. Directory.EnumerateFiles(Folder, "*.Tests.ps1").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task The_package_passes(string file)
    {
        // The tests of clusters are alone with theirs.
        using Cluster.Tests.ClusterLock alone = new();
        if (file is "Cluster.Tests.ps1" or "Pipeline.Tests.ps1") await alone.InitializeAsync();
        await RunAsync(file, package.Manifest);
    }

    [SkippableFact]
    public Task The_source_tree_loads_as_the_package_does() =>
        RunAsync("Loading.Tests.ps1", Path.Combine(PowerShellProgram.RepositoryFolder, "HpcAgent.psd1"));

    [SkippableFact]
    public void The_package_for_the_gallery_holds_the_module_and_its_description()
    {
        Skip.If(PowerShellProgram.Missing is not null, PowerShellProgram.Missing);
        using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.OpenRead(package.GalleryPackage);
        string[] names = [.. zip.Entries.Select(e => e.FullName)];
        Assert.Contains("HpcAgent.nuspec", names);
        Assert.Contains("[Content_Types].xml", names);
        Assert.Contains("_rels/.rels", names);
        Assert.Contains("HpcAgent.psd1", names);
        Assert.Contains("module/bin/HpcAgent.Cmdlets.dll", names);
        using Stream nuspec = zip.GetEntry("HpcAgent.nuspec")!.Open();
        System.Xml.Linq.XDocument document = System.Xml.Linq.XDocument.Load(nuspec);
        string tags = document.Descendants().Single(e => e.Name.LocalName == "tags").Value;
        Assert.Contains("PSCmdlet_Submit-HpcRun", tags, StringComparison.Ordinal);
    }

    private async Task RunAsync(string file, string manifest)
    {
        Skip.If(PowerShellProgram.Missing is not null, PowerShellProgram.Missing);
        (int exit, string text, string error) = await PowerShellProgram.RunAsync(
            "-File", Path.Combine(Folder, "run.ps1"), "-Path", Path.Combine(Folder, file), "-Manifest", manifest);
        string last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        Assert.True(last.StartsWith('{'), $"exit code {exit}: {text}\n{error}");
        using JsonDocument counts = JsonDocument.Parse(last);
        JsonElement root = counts.RootElement;
        long passed = root.GetProperty("passed").GetInt64();
        output.WriteLine($"{file}: {passed} passed, {root.GetProperty("failed")} failed, {root.GetProperty("skipped")} skipped");
        string[] failures = [.. root.GetProperty("failures").EnumerateArray().Select(f => f.GetString()!)];
        Assert.True(failures.Length == 0 && exit == 0, string.Join('\n', failures) + error);
        string[] skips = [.. root.GetProperty("skips").EnumerateArray().Select(f => f.GetString()!)];
        Skip.If(passed == 0 && skips.Length > 0, string.Join('\n', skips));
        Assert.True(passed > 0, $"no test of {file} ran: {root.GetProperty("skips")}");
    }
}
