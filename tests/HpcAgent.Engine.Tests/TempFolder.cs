namespace HpcAgent.Engine.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Root = Directory.CreateTempSubdirectory("hpc-test-").FullName;

    public string Root { get; }

    public string this[string name] => Path.Join(Root, name);

    public string Write(string name, string content = "")
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>The permission bits of a file; on Windows there are none to set or get.</summary>
    public static int Mode(string path) => OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(path);

    public static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
