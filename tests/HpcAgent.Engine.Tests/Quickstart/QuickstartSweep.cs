using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace HpcAgent.Engine.Tests.Quickstart;

/// <summary>Runs the scaffold's own command for every task with a given awk, once per awk, in one shell.</summary>
public sealed class QuickstartSweep : IDisposable
{
    private const string Shell = "/bin/sh";

    private readonly ConcurrentDictionary<string, IReadOnlyList<QuickstartRecord>> records = new(StringComparer.Ordinal);
    private readonly DirectoryInfo work = Directory.CreateTempSubdirectory("hpc-quickstart-");

    /// <summary>One record per task, in the order of the grid. Skips the test where the awk is not installed.</summary>
    internal IReadOnlyList<QuickstartRecord> Run(string awk)
    {
        Skip.IfNot(File.Exists(Shell), "no POSIX shell");
        Skip.IfNot(Installed(awk.Split(' ')[0]), awk + " is not installed");
        return records.GetOrAdd(awk, RunAll);
    }

    /// <summary>Runs one command line in the scaffold's folder.</summary>
    internal static (int Exit, string Output, string Error) InScaffold(string script)
    {
        ProcessStartInfo start = new(Shell, ["-c", script])
        {
            WorkingDirectory = QuickstartScaffold.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("RESULT_DIR");
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    internal static string CommandFor(string awk, string degree, string fold) => QuickstartScaffold.Command
        .Replace(" awk ", $" {awk} ", StringComparison.Ordinal)
        .Replace("{degree}", degree, StringComparison.Ordinal)
        .Replace("{fold}", fold, StringComparison.Ordinal);

    public void Dispose() => work.Delete(recursive: true);

    private List<QuickstartRecord> RunAll(string awk)
    {
        string results = work.CreateSubdirectory(awk.Replace(' ', '-')).FullName;
        int[] degrees = QuickstartScaffold.Grid["degree"], folds = QuickstartScaffold.Grid["fold"];
        string script = $"""
            for degree in {string.Join(' ', degrees)}; do
              for fold in {string.Join(' ', folds)}; do
                export RESULT_DIR="{results}/$degree.$fold"
                mkdir "$RESULT_DIR" || exit 1
                {CommandFor(awk, "\"$degree\"", "\"$fold\"")} || exit 1
              done
            done
            """;
        (int exit, string output, string error) = InScaffold(script);
        Assert.Equal((0, "", ""), (exit, output, error));
        return [.. from degree in degrees from fold in folds select Read(results, degree, fold)];
    }

    private static QuickstartRecord Read(string results, int degree, int fold)
    {
        string text = File.ReadAllText(Path.Combine(results, $"{degree}.{fold}", "metrics.json"));
        using JsonDocument document = JsonDocument.Parse(text);
        Dictionary<string, double> metrics = document.RootElement.EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetDouble(), StringComparer.Ordinal);
        return new QuickstartRecord(degree, fold, text, metrics);
    }

    private static bool Installed(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
