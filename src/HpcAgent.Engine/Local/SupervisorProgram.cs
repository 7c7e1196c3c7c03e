using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Local;

/// <summary>
/// How to start a supervisor. It runs from a copy of the program's files in the state folder, named by version and content, so that a
/// rebuild or an upgrade cannot pull the files from under it.
/// </summary>
/// <param name="SourceFolder">The absolute folder of the program's files.</param>
/// <param name="FileName">The executable: a name inside that folder, or an absolute path outside of it (dotnet, pwsh).</param>
/// <param name="Arguments">The arguments before the supervisor's own; <c>{folder}</c> stands for the folder of the copy.</param>
public sealed record SupervisorProgram(string SourceFolder, string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Starts a detached supervisor for the folder.</summary>
    /// <param name="binaries">The absolute folder that holds the copies.</param>
    /// <param name="folder">The folder of the scheduler.</param>
    /// <exception cref="HpcException">It cannot be copied or started.</exception>
    public void Start(string binaries, LocalFolder folder)
    {
        try
        {
            string copy = EnsureCopy(binaries);
            ProcessStartInfo start = new(Path.IsPathRooted(FileName) ? FileName : Path.Combine(copy, FileName))
            {
                UseShellExecute = false,
                // Pipes instead of our own streams: whoever captures our output must not wait for the supervisor. It leaves them at once.
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                CreateNoWindow = true,
                WorkingDirectory = folder.Root,
            };
            foreach (string argument in Arguments) start.ArgumentList.Add(argument.Replace("{folder}", copy, StringComparison.Ordinal));
            start.ArgumentList.Add("supervise");
            start.ArgumentList.Add(folder.Root);
            using Process? process = Process.Start(start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            throw new HpcException(
                ErrorCode.Internal, $"the embedded scheduler could not be started: {e.Message}", $"See {folder.ErrorLog}.", e);
        }
    }

    private string EnsureCopy(string binaries)
    {
        FileInfo[] files = [.. new DirectoryInfo(SourceFolder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal)];
        string target = Path.Combine(binaries, Digest(files));
        if (Directory.Exists(target)) return target;
        string temporary = $"{target}.{Environment.ProcessId}";
        foreach (FileInfo file in files)
        {
            string path = Path.Combine(temporary, Path.GetRelativePath(SourceFolder, file.FullName));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _ = file.CopyTo(path, overwrite: true);
        }
        try
        {
            Directory.Move(temporary, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(temporary, recursive: true);
        }
        return target;
    }

    private string Digest(IEnumerable<FileInfo> files)
    {
        StringBuilder text = new();
        foreach (FileInfo file in files)
            _ = text.Append(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(SourceFolder, file.FullName)}|{file.Length}|{file.LastWriteTimeUtc.Ticks}\n");
        string version = typeof(SupervisorProgram).Assembly.GetName().Version?.ToString(3) ?? "0";
        return $"{version}-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12].ToLowerInvariant()}";
    }
}
