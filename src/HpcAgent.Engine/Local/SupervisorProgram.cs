using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HpcAgent.Engine.Processes;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Local;

/// <summary>
/// How to start a supervisor. It runs from a copy of the program's files in the state folder, named by version and content, so that a
/// rebuild or an upgrade cannot pull the files from under it.
/// </summary>
/// <param name="SourceFolder">The absolute folder of the program's files.</param>
/// <param name="FileName">The executable: a name inside that folder, or one outside of it (an absolute path, or with <c>PATH:</c> before a name to be found there).</param>
/// <param name="Arguments">The arguments before the supervisor's own; <c>{folder}</c> stands for the folder of the copy.</param>
public sealed record SupervisorProgram(string SourceFolder, string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>What begins a <see cref="FileName"/> that the system finds on its search path.</summary>
    public const string OnPath = "PATH:";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Other ways to start it from the same files, tried in their order if this one does not start on this machine. With none, nobody
    /// waits to see whether it did.
    /// </summary>
    public IReadOnlyList<(string FileName, IReadOnlyList<string> Arguments)> Alternatives { get; init; } = [];

    /// <summary>Starts a detached supervisor for the folder.</summary>
    /// <param name="binaries">The absolute folder that holds the copies.</param>
    /// <param name="folder">The folder of the scheduler.</param>
    /// <param name="cancellationToken">Ends the wait for its start; the supervisor goes on.</param>
    /// <exception cref="HpcException">It cannot be copied or started.</exception>
    public async Task StartAsync(string binaries, LocalFolder folder, CancellationToken cancellationToken)
    {
        List<string> failures = [];
        try
        {
            string copy = EnsureCopy(binaries);
            foreach ((string file, IReadOnlyList<string> arguments) in Alternatives.Prepend((FileName, Arguments)))
            {
                if (await TryStartAsync(copy, file, arguments, folder, cancellationToken) is not { } failure) return;
                failures.Add(failure);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e.Message, folder, e);
        }
        throw Failed(string.Join("; ", failures), folder, null);
    }

    private async Task<string?> TryStartAsync(
        string copy, string file, IReadOnlyList<string> arguments, LocalFolder folder, CancellationToken cancellationToken)
    {
        string program = file.StartsWith(OnPath, StringComparison.Ordinal) ? file[OnPath.Length..] : Path.IsPathRooted(file) ? file : Path.Combine(copy, file);
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            // Pipes instead of our own streams: whoever captures our output must not wait for the supervisor. It leaves them at once.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = folder.Root,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument.Replace("{folder}", copy, StringComparison.Ordinal));
        start.ArgumentList.Add("supervise");
        start.ArgumentList.Add(folder.Root);
        StartedPrograms.Report(start);
        try
        {
            using Process process = Process.Start(start)!;
            folder.NoteStart(process.Id);
            return Alternatives.Count == 0 ? null : await WatchStartAsync(process, program, folder, cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
    }

    // It has started once it holds the lock, or has ended well because another one does.
    private static async Task<string?> WatchStartAsync(Process process, string program, LocalFolder folder, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < s_patience)
        {
            await Task.Delay(s_look, cancellationToken);
            if (process.HasExited) return process.ExitCode == 0 ? null : $"{program} ended with exit code {process.ExitCode}";
            if (FileLock.ReadHolder(folder.LockFile)?.ProcessId == process.Id) return null;
        }
        return null;
    }

    private static HpcException Failed(string why, LocalFolder folder, Exception? inner) => new(
        ErrorCode.Internal, $"the embedded scheduler could not be started: {why}", $"See {folder.ErrorLog}.", inner);

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
            // A package from a gallery has lost the mark.
            if (!OperatingSystem.IsWindows() && file.Name == FileName) File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
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
