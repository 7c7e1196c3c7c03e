using System.ComponentModel;
using System.Diagnostics;

namespace HpcAgent.Engine.Hosts;

/// <summary>This machine, which is then a login node. Scripts begin in the home folder, as they do behind ssh.</summary>
/// <param name="clock">Measures deadlines and durations.</param>
public sealed class LocalHost(TimeProvider clock) : IHost
{
    /// <inheritdoc/>
    public string Name => "this machine";

    internal string Shell { get; init; } = "/bin/sh";

    /// <inheritdoc/>
    public async Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(script);
        var began = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(script.Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        ExchangeResult result;
        try
        {
            result = await new Exchange(script).RunAsync(Start(), either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is Win32Exception or OperationCanceledException)
        {
            throw NotStarted(error, script, cancellationToken);
        }

        var wire = new Wire { ExecutionCount = 1, BytesUp = result.BytesUp, BytesDown = result.BytesDown, Elapsed = clock.GetElapsedTime(began) };
        if (result.ExitStatus is { } status && result.OwnError is null)
            return new() { ExitCode = status, Parts = result.Parts, ErrorText = result.ErrorText, Preface = result.Preface, Wire = wire };
        var execution = result.HasBegun || result is { IsTextSent: true, IsInterrupted: true } ? ScriptExecution.MayHaveRun : ScriptExecution.NotStarted;
        throw new HostErrors(Name, script, wire).Incomplete(result, execution, result.ErrorText, cancellationToken);
    }

    private ProcessStartInfo Start()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var start = new ProcessStartInfo(Shell) { WorkingDirectory = Directory.Exists(home) ? home : "/" };
        start.ArgumentList.Add("-c");
        return start;
    }

    private Exception NotStarted(Exception error, HostScript script, CancellationToken cancellationToken)
    {
        var errors = new HostErrors(Name, script, new());
        if (error is not Win32Exception) return errors.Interrupted(ScriptExecution.NotStarted, hasBegun: false, cancellationToken);
        return errors.Create(
            HostFailureKind.ProgramMissing,
            ScriptExecution.NotStarted,
            $"{Shell} cannot be started: {error.Message}",
            "Clusters without a host need a POSIX shell on this machine; name the login node as the cluster's host to reach it by ssh.",
            "");
    }
}
