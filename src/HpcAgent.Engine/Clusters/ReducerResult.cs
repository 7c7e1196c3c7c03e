using System.Text.Json;

namespace HpcAgent.Engine.Clusters;

/// <summary>What a user's own reducer did.</summary>
/// <param name="OutputPath">The JSON file that it was to write, on the cluster.</param>
/// <param name="Content">That file's bytes: valid JSON; empty if it failed.</param>
/// <param name="ErrorTail">The end of what it printed on standard error, 2,000 characters at most.</param>
/// <param name="ExitCode">With what it ended.</param>
public sealed record ReducerResult(string OutputPath, ReadOnlyMemory<byte> Content, string ErrorTail, int ExitCode = 0)
{
    /// <summary>The longest end of what a reducer printed that is kept.</summary>
    public const int TailCharacters = 2000;

    private const string Remedy = "Run it by hand where the results are, with HPC_RUN_ID, HPC_RESULTS_DIR and HPC_AGGREGATED_OUTPUT set.";

    /// <summary>Takes what a reducer left; one that ended with an exit code other than 0 has no content.</summary>
    /// <param name="path">The file that it was to write.</param>
    /// <param name="content">Its bytes; null if it is not there.</param>
    /// <param name="error">What it printed on standard error.</param>
    /// <param name="exitCode">With what it ended.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.RemoteCommandFailed"/>: it ended well and wrote no valid JSON.</exception>
    public static ReducerResult Of(string path, ReadOnlyMemory<byte>? content, string error, int exitCode)
    {
        ArgumentNullException.ThrowIfNull(error);
        string tail = error.Length > TailCharacters ? error[^TailCharacters..] : error;
        if (exitCode != 0) return new ReducerResult(path, default, tail, exitCode);
        if (content is not { Length: > 0 } bytes) throw Failed($"wrote nothing to HPC_AGGREGATED_OUTPUT ({path})", tail);
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return new ReducerResult(path, bytes, tail);
        }
        catch (JsonException e)
        {
            throw Failed($"wrote no valid JSON to {path}: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", tail);
        }
    }

    /// <summary>Refuses a reducer that failed.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.RemoteCommandFailed"/>: its exit code is not 0.</exception>
    public ReducerResult Require() => ExitCode == 0 ? this : throw Failed(FormattableString.Invariant($"ended with exit code {ExitCode}"), ErrorTail);

    private static HpcException Failed(string what, string tail) => new(
        ErrorCode.RemoteCommandFailed, $"the reducer {what}{(tail.Length > 0 ? $"; the end of what it said: {tail.Trim()}" : "")}", Remedy);
}
