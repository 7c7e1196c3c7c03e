using System.Diagnostics;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Local;

/// <summary>Runs a user's own reducer on this machine (reference 5.8).</summary>
internal static class LocalReducer
{
    public static async Task<ReducerResult> RunAsync(RunLayout layout, ReducerRequest request, CancellationToken cancellationToken)
    {
        string output = request.OutputPath is { } named ? Path.GetFullPath(named, layout.RemotePath) : layout.Reduced;
        _ = Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        File.Delete(output);
        using Process process = Process.Start(StartInfo(layout, request, output)) ?? throw new HpcException(ErrorCode.Internal, "the reducer's shell could not be started");
        process.StandardInput.Close();
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(request.Timeout);
        try
        {
            Task<string> printed = process.StandardOutput.ReadToEndAsync(deadline.Token);
            string error = await process.StandardError.ReadToEndAsync(deadline.Token);
            _ = await printed;
            await process.WaitForExitAsync(deadline.Token);
            return ReducerResult.Of(output, File.Exists(output) ? await File.ReadAllBytesAsync(output, cancellationToken) : null, error, process.ExitCode);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new HpcException(ErrorCode.ClusterTimeout, $"the reducer did not end within {request.Timeout.TotalSeconds} seconds", "Give it more time by timeout_sec.");
        }
    }

    private static ProcessStartInfo StartInfo(RunLayout layout, ReducerRequest request, string output)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "cmd.exe" : ShellChoice.Bash)
        {
            WorkingDirectory = LocalRun.ReadOrder(layout.Root).WorkingFolder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in OperatingSystem.IsWindows() ? new[] { "/d", "/s", "/c", request.Command } : ["-c", request.Command]) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in request.Environment) start.Environment[name] = value;
        start.Environment["HPC_RUN_ID"] = layout.RunId;
        start.Environment["HPC_RESULTS_DIR"] = layout.Results;
        start.Environment["HPC_AGGREGATED_OUTPUT"] = output;
        return start;
    }
}
