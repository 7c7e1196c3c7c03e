namespace HpcAgent.Engine.Tasks;

/// <summary>Reads tasks from a file; the extension tells its form.</summary>
public static class TaskFile
{
    private static readonly string[] DefaultExtensions = ["csv", "json", "jsonl", "yaml", "yml", "py"];

    /// <summary>
    /// Opens a .csv, .json, .jsonl, .ndjson, .yaml, .yml or .py file. Tables are read task by task at each
    /// <see cref="TaskSet.Read"/>, and errors in later rows show then; a Python file is evaluated here, once.
    /// </summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <param name="cancellation">Ends the Python process too.</param>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: no such file, an unknown extension, or wrong content, with file, line and column.
    /// <see cref="ErrorCode.ExecutorNotFound"/>: a Python file without a Python.
    /// </exception>
    public static async Task<TaskSet> OpenAsync(string path, TaskFileOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (!Path.IsPathFullyQualified(path)) throw new ArgumentException($"'{path}' is not an absolute path.", nameof(path));
        if (!File.Exists(path)) throw TaskError.Invalid($"There is no file {path}.", "Correct the path.");
        var extension = Path.GetExtension(path).ToLowerInvariant();
        return extension is ".py"
            ? await PythonTasks.OpenAsync(path, options.Python, cancellation).ConfigureAwait(false)
            : OpenTable(path, extension, options);
    }

    /// <summary>The one <c>.hpc/tasks.{csv,json,jsonl,yaml,yml,py}</c> of an experiment, or null if there is none.</summary>
    /// <param name="experimentDirectory">An absolute path.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: there are several.</exception>
    public static string? FindDefault(string experimentDirectory)
    {
        var found = DefaultExtensions
            .Select(extension => Path.Combine(experimentDirectory, ".hpc", "tasks." + extension))
            .Where(File.Exists)
            .ToList();
        return found.Count <= 1
            ? found.FirstOrDefault()
            : throw TaskError.Invalid(
                $"There are several task files: {string.Join(", ", found)}.", "Keep one of them in .hpc, or name the one to use.");
    }

    private static TaskSet OpenTable(string path, string extension, TaskFileOptions options)
    {
        try
        {
            return extension switch
            {
                ".csv" => new CsvTaskSet(path, options.AsText),
                ".json" => JsonTaskFile.Open(path),
                ".jsonl" or ".ndjson" => new JsonLinesTaskSet(path),
                ".yaml" or ".yml" => YamlTaskFile.Open(path),
                _ => throw TaskError.Invalid(
                    $"{path}: tasks cannot be read from a file of this kind.", "Use .csv, .json, .jsonl, .ndjson, .yaml, .yml or .py."),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw TaskError.Invalid($"{path} cannot be read: {error.Message}", "Check the file and its permissions.", error);
        }
    }
}
