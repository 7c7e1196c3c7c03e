namespace HpcAgent.Cmdlets.Tests;

/// <summary>The package, made of what was built, in a folder that goes with the tests.</summary>
public sealed class PackageFixture : IAsyncLifetime, IDisposable
{
    private string _output = "";

    /// <summary>The manifest of the package.</summary>
    public string Manifest { get; private set; } = "";

    /// <summary>The .nupkg.</summary>
    public string GalleryPackage { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (PowerShellProgram.Missing is not null) return;
        _output = Directory.CreateTempSubdirectory("hpc-agent-package-").FullName;
        (int exit, string output, string error) = await PowerShellProgram.RunAsync(
            "-File", Path.Combine(PowerShellProgram.RepositoryFolder, "build.ps1"), "-Task", "Package", "-NoBuild", "-Output", _output);
        Assert.True(exit == 0, output + error);
        Manifest = Directory.GetFiles(_output, "HpcAgent.psd1", SearchOption.AllDirectories).Single();
        GalleryPackage = Directory.GetFiles(_output, "*.nupkg").Single();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        if (_output.Length > 0) Directory.Delete(_output, recursive: true);
    }
}
