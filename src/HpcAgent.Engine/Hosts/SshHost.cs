using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Hosts;

/// <summary>
/// A machine behind OpenSSH. The user's own configuration, agent, jump hosts and certificates count as they do by hand; nobody is asked
/// for anything, and no host key is accepted. Connections are shared between calls and processes unless the user's configuration says how
/// (<c>ControlPath</c>).
/// </summary>
public sealed class SshHost : IHost
{
    private const string InstallSsh = "Install the OpenSSH client (package openssh-client; on Windows the optional feature OpenSSH Client).";
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    private readonly SshTarget _target;
    private readonly SshHostOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _folder;
    private readonly string _identity;
    private SshRoute? _route;

    /// <summary>Describes the host; nothing is started.</summary>
    /// <param name="site">The site; its host must be set.</param>
    /// <param name="stateFolder">The user's state folder, absolute. The folder <c>ssh</c> in it holds locks and the history of connections.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="options">How it behaves.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the host, user or port of the site cannot be right.</exception>
    public SshHost(SiteConfig site, string stateFolder, TimeProvider clock, SshHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentException.ThrowIfNullOrEmpty(stateFolder);
        (_target, _options, _clock) = (new(site), options ?? new(), clock);
        _folder = Path.Join(stateFolder, "ssh");
        _identity = string.Join('\0', [stateFolder, .. _target.Arguments, .. _target.Destination]);
    }

    /// <inheritdoc/>
    public string Name => _target.Name;

    /// <summary>The socket of the connection that is shared; null before the first call, and if none is shared by this class.</summary>
    internal string? SocketPath => _route?.OwnSocket;

    /// <inheritdoc/>
    public async Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(script);
        using var call = new SshCall(Name, script, _clock, cancellationToken);
        try
        {
            var route = _route ??= await SshRoute.FindAsync(_target, _options, _folder, _identity, _clock, call.Token).ConfigureAwait(false);
            for (var attempt = 0; ; attempt++)
            {
                var answer = await TryAsync(route, call, mayTryAgain: _options.RetriesConnections && attempt < _options.Pauses.Count).ConfigureAwait(false);
                if (answer is not null) return answer;
                await Task.Delay(_options.Pauses[attempt], _clock, call.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException error) when (HostFailure.Of(error) is null && call.Token.IsCancellationRequested)
        {
            // The wait for a turn, for a pause or for ssh -G ended; no script was on its way.
            throw call.Errors.Interrupted(ScriptExecution.NotStarted, hasBegun: false, cancellationToken, call.LastWords);
        }
        catch (HpcException error) when (HostFailure.Of(error) is null)
        {
            // The lock or its folder cannot be used; nothing was sent.
            throw new HostFailure(HostFailureKind.Other, ScriptExecution.NotStarted, "").AttachTo(error);
        }
        catch (Win32Exception error) when (HostFailure.Of(error) is null)
        {
            throw call.Errors.Create(
                HostFailureKind.ProgramMissing, ScriptExecution.NotStarted, $"ssh cannot be started: {error.Message}", InstallSsh, "", error);
        }
        catch (FormatException error) when (HostFailure.Of(error) is null)
        {
            throw call.Fail(HostFailureKind.Configuration, ScriptExecution.NotStarted, error.Message);
        }
        catch (HeldBackException error)
        {
            throw call.Errors.Create(
                HostFailureKind.HeldBack,
                ScriptExecution.NotStarted,
                string.Create(CultureInfo.InvariantCulture, $"not tried, since connections to it failed repeatedly; held back until {error.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"),
                $"Sites block addresses that keep failing. Correct the cause (try 'ssh {Name}'), then wait, or delete '{error.HistoryPath}' to try at once.",
                "");
        }
    }

    /// <summary>Closes the connection that is kept open for later calls, if there is one. Calls that use it are cut.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task CloseSharedConnectionAsync(CancellationToken cancellationToken)
    {
        if (_route is not { OwnSocket: { } socket } route || !File.Exists(socket)) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(CloseTime);
        string[] arguments = [.. route.Arguments, "-O", "exit", .. _target.Destination];
        await SshSettings.RunAsync(route.Program, arguments, patience.Token).ConfigureAwait(false);
    }

    /// <summary>Makes one try. Null if the connection failed in a way that may pass, and there is leave to try again.</summary>
    private async Task<HostAnswer?> TryAsync(SshRoute route, SshCall call, bool mayTryAgain)
    {
        route.Prepare();
        using var log = new SshLog(route.LogFolder, _clock.GetUtcNow());
        using var ticket = route.IsOpen()
            ? null
            : await route.Gate.EnterAsync(route.IsOpen, _options.IgnoresEarlierFailures, call.Token).ConfigureAwait(false);
        var start = new ProcessStartInfo(route.Program);
        foreach (var argument in (string[])[.. route.Arguments, "-E", log.FilePath, .. _target.Destination]) start.ArgumentList.Add(argument);

        // A connection that is up and shared belongs to other calls too; what carries it (ProxyCommand) must not be ended with this one.
        var exchange = new Exchange(
            call.Script,
            onBegin: () => ticket?.Return(ConnectionOutcome.Made),
            endsWholeTree: () => route.Socket is null || SshWords.ConnectionCount(log.Text) == 0);
        var result = await exchange.RunAsync(start, call.Token).ConfigureAwait(false);
        var outcome = new SshOutcome(result with { IsCancelled = call.IsCancelled }, log.Text, WasOpen: ticket is null, IsOpen: route.IsOpen());
        call.Add(outcome);
        var isRepeated = mayTryAgain && outcome.MayBeRepeated;
        route.Note(ticket, outcome, isRepeated);
        if (result is { ExitStatus: { } status, OwnError: null }) return call.Answer(result, status);
        if (outcome.IsStuck && route.OwnSocket is not null) await CloseSharedConnectionAsync(CancellationToken.None).ConfigureAwait(false);
        return isRepeated ? null : throw call.Judge(outcome);
    }
}
