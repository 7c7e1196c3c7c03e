using System.Diagnostics;
using System.Text.Json;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Local;

/// <summary>Runs a user's own reducer on this machine (reference 5.8).</summary>
internal static class LocalReducer
{
    private const int TailCharacters = 2000;

    public static async Task<ReducerResult> RunAsync(RunLayout layout, string command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        LocalOrder order = LocalRun.ReadOrder(layout.Root);
        File.Delete(layout.Reduced);
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "cmd.exe" : ShellChoice.Bash)
        {
            WorkingDirectory = order.WorkingFolder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in OperatingSystem.IsWindows() ? new[] { "/d", "/s", "/c", command } : ["-c", command]) start.ArgumentList.Add(argument);
        start.Environment["HPC_RUN_ID"] = layout.RunId;
        start.Environment["HPC_RESULTS_DIR"] = layout.Results;
        start.Environment["HPC_AGGREGATED_OUTPUT"] = layout.Reduced;
        using Process process = Process.Start(start) ?? throw new HpcException(ErrorCode.Internal, "the reducer's shell could not be started");
        process.StandardInput.Close();
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            string error = await process.StandardError.ReadToEndAsync(deadline.Token);
            _ = await output;
            await process.WaitForExitAsync(deadline.Token);
            string tail = error.Length > TailCharacters ? error[^TailCharacters..] : error;
            return process.ExitCode == 0 ? Result(layout, tail) : throw Failed($"ended with exit code {process.ExitCode}", tail);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new HpcException(ErrorCode.ClusterTimeout, $"the reducer did not end within {timeout.TotalSeconds} seconds", "Give it more time by timeout_sec.");
        }
    }

    private static ReducerResult Result(RunLayout layout, string tail)
    {
        if (!File.Exists(layout.Reduced)) throw Failed("wrote nothing to HPC_AGGREGATED_OUTPUT", tail);
        byte[] content = File.ReadAllBytes(layout.Reduced);
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return new ReducerResult(layout.Reduced, content, tail);
        }
        catch (JsonException e)
        {
            throw Failed($"wrote no valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", tail);
        }
    }

    private static HpcException Failed(string what, string tail) => new(
        ErrorCode.RemoteCommandFailed,
        $"the reducer {what}{(tail.Length > 0 ? $"; the end of what it said: {tail.Trim()}" : "")}",
        "Run it by hand with HPC_RUN_ID, HPC_RESULTS_DIR and HPC_AGGREGATED_OUTPUT set.");
}
