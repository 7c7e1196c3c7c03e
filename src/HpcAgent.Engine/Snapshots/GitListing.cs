using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Snapshots;

/// <summary>Asks git which files of a folder are tracked, and which are new and not ignored.</summary>
internal static class GitListing
{
    private static readonly string[] ForeignRepository =
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"];

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True if the folder lies in a git work tree, as far as the folders tell.</summary>
    internal static bool IsInWorkTree(string folder)
    {
        for (var current = folder; current is not null; current = Path.GetDirectoryName(current))
        {
            if (Path.Exists(Path.Join(current, ".git")))
                return true;
        }

        return false;
    }

    /// <summary>The files, relative to the folder. A nested repository or submodule is one path.</summary>
    /// <exception cref="InvalidOperationException">Git is not there or fails; the message says why.</exception>
    internal static async Task<IReadOnlyList<CodeCandidate>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var tracked = await RunAsync(folder, ["ls-files", "-z", "--cached"], cancellationToken).ConfigureAwait(false);
        var untracked = await RunAsync(folder, ["ls-files", "-z", "--others", "--exclude-standard"], cancellationToken).ConfigureAwait(false);
        return
        [
            .. Split(tracked).Distinct(StringComparer.Ordinal).Select(path => new CodeCandidate(path, IsTracked: true)),
            .. Split(untracked).Select(path => new CodeCandidate(path.TrimEnd('/'), IsTracked: false)),
        ];
    }

    private static string[] Split(byte[] output)
    {
        try
        {
            return StrictUtf8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (DecoderFallbackException)
        {
            throw new HpcException(ErrorCode.PreconditionFailed, "A file has a name that is not UTF-8: " + FirstInvalid(output) + ".", "Rename it, or remove it from the folder.");
        }
    }

    private static string FirstInvalid(byte[] output)
    {
        var start = 0;
        while (output.AsSpan(start).IndexOf((byte)0) is var length and >= 0)
        {
            if (!System.Text.Unicode.Utf8.IsValid(output.AsSpan(start, length)))
                return "'" + Encoding.Latin1.GetString(output, start, length) + "' (shown as Latin-1)";
            start += length + 1;
        }

        return "unknown";
    }

    private static async Task<byte[]> RunAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", "core.fsmonitor=false", "-C", folder, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var name in ForeignRepository)
            start.Environment.Remove(name);
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["LC_ALL"] = "C";
        using var process = Start(start);
        try
        {
            process.StandardInput.Close();
            using var output = new MemoryStream();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
            var message = await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException(message.Trim().ReplaceLineEndings(" "));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        StartedPrograms.Report(start);
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("git could not be started");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException("git could not be started: " + error.Message, error);
        }
    }
}
