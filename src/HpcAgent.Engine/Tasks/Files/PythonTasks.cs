using System.Diagnostics;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Tasks;

/// <summary>Evaluates the original's <c>tasks.py</c> (<c>total()</c> and <c>resolve(i)</c>) once, with the user's Python.</summary>
internal static class PythonTasks
{
    private const int WindowsStoreStub = 9009;

    public static async Task<TaskSet> OpenAsync(string path, string? python, CancellationToken cancellation)
    {
        var program = FindPython(python ?? Environment.GetEnvironmentVariable("HPC_PYTHON"), path);
        var output = TemporaryFile.NewPath();
        var errors = TemporaryFile.NewPath();
        try
        {
            var (exitCode, tail) = await RunAsync(program, path, output, errors, cancellation).ConfigureAwait(false);
            if (File.Exists(errors)) throw Reported(path, await File.ReadAllTextAsync(errors, cancellation).ConfigureAwait(false));
            if (exitCode == WindowsStoreStub) throw NotFound(program, path);
            if (exitCode != 0 || !File.Exists(output))
                throw TaskError.Invalid(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{path}: {program} ended with {exitCode}{(tail.Length > 0 ? ": " + tail : "")}."),
                    "Run the file with that Python to see the cause; HPC_PYTHON names another one.");
            var count = CountLines(output);
            return new SpooledTaskSet(new(output), count, path);
        }
        finally
        {
            File.Delete(output);
            File.Delete(errors);
        }
    }

    private static async Task<(int ExitCode, string Tail)> RunAsync(
        string program, string path, string output, string errors, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(path)!;
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The original runs from the experiment's folder, so that the file may open others beside it.
            WorkingDirectory = Path.GetFileName(folder) is ".hpc" ? Path.GetDirectoryName(folder)! : folder,
        };
        foreach (var argument in (string[])["-B", "-c", PythonDriver.Text, path, output, errors]) start.ArgumentList.Add(argument);
        using var process = Start(start, path);
        process.StandardInput.Close();
        var prints = DrainAsync(process.StandardOutput, cancellation);
        var tail = DrainAsync(process.StandardError, cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            await prints.ConfigureAwait(false);
            return (process.ExitCode, LastLine(await tail.ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start, string path)
    {
        StartedPrograms.Report(start);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new HpcException(
                ErrorCode.ExecutorNotFound, $"{path} needs Python, but {start.FileName} cannot be started: {error.Message}", Remedy, error);
        }
    }

    /// <summary>Reads a stream to its end and keeps the last few thousand characters.</summary>
    private static async Task<string> DrainAsync(StreamReader reader, CancellationToken cancellation)
    {
        var buffer = new char[4096];
        var kept = new StringBuilder();
        while (await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            kept.Append(buffer, 0, count);
            if (kept.Length > 4 * buffer.Length) kept.Remove(0, kept.Length - buffer.Length);
        }

        return kept.ToString();
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1].Trim().TrimEnd('.');

    private static long CountLines(string path)
    {
        long lines = 0;
        Span<byte> buffer = new byte[64 * 1024];
        using var stream = File.OpenRead(path);
        while (stream.Read(buffer) is > 0 and var count) lines += buffer[..count].Count((byte)'\n');
        return lines;
    }

    private static HpcException Reported(string path, string json)
    {
        if (JsonReader.Parse(json) is not ParameterMap error) return TaskError.Invalid($"{path} failed.", "Correct the file.");
        var line = error["line"] is long number ? number.ToString(CultureInfo.InvariantCulture) + ":" : "";
        var during = error["task"] is long task ? string.Create(CultureInfo.InvariantCulture, $" (task {task})") : "";
        return TaskError.Invalid(
            $"{error["file"] as string ?? path}:{line} {error["message"]}{during}",
            "Correct the file: total() gives the number of tasks, resolve(i) a dict of text, numbers, true, false, None, lists and dicts.");
    }

    private const string Remedy = "Install Python 3, set HPC_PYTHON to one, or give the tasks as .csv, .json or .yaml.";

    private static HpcException NotFound(string program, string path) =>
        new(ErrorCode.ExecutorNotFound, $"{path} needs Python, but there is no {program}.", Remedy);

    private static string FindPython(string? wanted, string path)
    {
        if (string.IsNullOrEmpty(wanted)) return OnPath("python3") ?? OnPath("python") ?? throw NotFound("python3 or python on PATH", path);
        if (Path.IsPathFullyQualified(wanted)) return File.Exists(wanted) ? wanted : throw NotFound(wanted, path);
        return OnPath(wanted) ?? throw NotFound(wanted, path);
    }

    /// <summary>The program on PATH. Left to itself the runtime would look in the current directory first.</summary>
    private static string? OnPath(string name)
    {
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0) return null;
        string[] suffixes = OperatingSystem.IsWindows() ? [".exe", ""] : [""];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Where(Path.IsPathFullyQualified)
            .SelectMany(folder => suffixes.Select(suffix => Path.Combine(folder, name + suffix)))
            .FirstOrDefault(File.Exists);
    }
}
