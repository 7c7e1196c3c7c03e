using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>A user's command that is told of the changes of a run. What changed is in its environment, and never part of the shell line.</summary>
internal static class ChangeHook
{
    /// <summary>The variable that names a command for every watch.</summary>
    public const string Variable = "HPC_ON_CHANGE";

    /// <summary>The event that tasks were sent again by themselves.</summary>
    public const string Resumed = "resumed";

    private const int TailCharacters = 300;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    /// <summary>The name of what changed: the new state, or <c>started</c>, or <c>first_failure</c>; null if nothing of that kind did.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="counts">The counts before, or null.</param>
    /// <param name="now">Where the run stands.</param>
    public static string? Event(LifecycleState state, TaskCounts? counts, RunStatus now)
    {
        if (now.State != state) return ResultJson.Name(now.State);
        if (now.Counts.UnsuccessfulCount > 0 && counts is not { UnsuccessfulCount: > 0 }) return "first_failure";
        return HasStarted(now.Counts) && (counts is null || !HasStarted(counts)) ? "started" : null;
    }

    /// <summary>Runs the command, half a minute at most.</summary>
    /// <param name="command">The command, for the shell of this machine.</param>
    /// <param name="name">What changed.</param>
    /// <param name="status">Where the run stands.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What went wrong, or null.</returns>
    public static async Task<string?> RunAsync(string command, string name, RunStatus status, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = Start(command, name, status);
        StartedPrograms.Report(start);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_limit);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
                Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
                await process.WaitForExitAsync(deadline.Token);
                if (process.ExitCode == 0) return null;
                // What it left behind in the background may keep the stream open.
                _ = await Task.WhenAny(error, Task.Delay(s_lastWords, deadline.Token));
                _ = output;
                return Failed(name, $"ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}", error.IsCompletedSuccessfully ? await error : "");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                return Failed(name, string.Create(CultureInfo.InvariantCulture, $"did not end within {s_limit.TotalSeconds} seconds and was ended"), "");
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            return Failed(name, "could not be started", e.Message);
        }
    }

    private static ProcessStartInfo Start(string command, string name, RunStatus status)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Directory.Exists(status.ExperimentPath) ? status.ExperimentPath : Path.GetTempPath(),
        };
        foreach (string argument in OperatingSystem.IsWindows() ? new[] { "/d", "/s", "/c", command } : ["-c", command]) start.ArgumentList.Add(argument);
        start.Environment["HPC_EVENT"] = name;
        start.Environment["HPC_RUN_ID"] = status.RunId;
        start.Environment["HPC_CLUSTER"] = status.Cluster;
        start.Environment["HPC_EXPERIMENT_DIR"] = status.ExperimentPath;
        start.Environment["HPC_LIFECYCLE_STATE"] = ResultJson.Name(status.State);
        start.Environment["HPC_TOTAL_TASKS"] = Number(status.Counts.TotalCount);
        start.Environment["HPC_COMPLETE_TASKS"] = Number(status.Counts.CompleteCount);
        start.Environment["HPC_RUNNING_TASKS"] = Number(status.Counts.RunningCount);
        start.Environment["HPC_FAILED_TASKS"] = Number(status.Counts.UnsuccessfulCount);
        return start;
    }

    private static bool HasStarted(TaskCounts counts) => counts.RunningCount + counts.CompleteCount + counts.UnsuccessfulCount > 0;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Failed(string name, string what, string words)
    {
        string tail = words.Trim();
        if (tail.Length > TailCharacters) tail = tail[^TailCharacters..];
        return $"the command for changes {what} at '{name}'{(tail.Length > 0 ? $": {tail}" : "")}";
    }
}
