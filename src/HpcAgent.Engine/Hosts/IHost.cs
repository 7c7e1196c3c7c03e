namespace HpcAgent.Engine.Hosts;

/// <summary>
/// A machine on which shell scripts run: this one, or one behind ssh (design, section 6). One call is one connection at most and exactly
/// one execution. Nothing above this line knows how the script gets there.
/// </summary>
public interface IHost
{
    /// <summary>How messages call it: <c>this machine</c>, or the ssh target.</summary>
    string Name { get; }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">The script, with what it reads.</param>
    /// <param name="cancellationToken">Ends the wait and the processes here; the script itself may run on there.</param>
    /// <returns>What it printed and how it ended; a script that fails is an answer and no error.</returns>
    /// <exception cref="HpcException">
    /// The host cannot be reached (<see cref="ErrorCode.SshUnreachable"/>), somebody must act first, about keys for example
    /// (<see cref="ErrorCode.PreconditionFailed"/>), a setting is wrong (<see cref="ErrorCode.ConfigInvalid"/>), the deadline passed
    /// (<see cref="ErrorCode.ClusterTimeout"/>), or the answer is not whole (<see cref="ErrorCode.RemoteCommandFailed"/>).
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <remarks>
    /// <see cref="HostFailure.Of"/> tells of any exception from here why it was thrown, and whether the script may have run. An exception
    /// of the script's own payload or receiver comes out as it is.
    /// </remarks>
    Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken);
}
