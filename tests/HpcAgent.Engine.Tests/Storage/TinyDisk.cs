namespace HpcAgent.Engine.Tests.Storage;

/// <summary>A file system that is soon full. Only a superuser of Linux can have one.</summary>
internal sealed class TinyDisk : IDisposable
{
    public const int Bytes = 256 * 1024;

    private TinyDisk(string path) => Path = path;

    public string Path { get; }

    public static async Task<TinyDisk?> MountAsync(string path)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return null;
        Directory.CreateDirectory(path);
        try
        {
            await ChildProcess.RunAsync("mount", null, "-t", "tmpfs", "-o", $"size={Bytes}", "tmpfs", path);
            return new(path);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public void Dispose()
    {
        using var process = System.Diagnostics.Process.Start("umount", Path);
        process.WaitForExit();
    }
}
