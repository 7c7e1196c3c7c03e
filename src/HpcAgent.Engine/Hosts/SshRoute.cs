using System.ComponentModel;
using System.Globalization;
using HpcAgent.Engine.Processes;

namespace HpcAgent.Engine.Hosts;

/// <summary>How calls reach a host: program, arguments, and the connection that they share.</summary>
internal sealed class SshRoute
{
    private const int NoSuchFile = 2;

    private string? _controlFolder;
    private string _stateFolder = "";

    private SshRoute()
    {
    }

    /// <summary>The path of ssh.</summary>
    public required string Program { get; init; }

    /// <summary>All arguments before the log and the destination.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The socket of the shared connection, made here or by the user's configuration; null if none is shared.</summary>
    public required string? Socket { get; init; }

    /// <summary>The socket, if it is made here.</summary>
    public required string? OwnSocket { get; init; }

    /// <summary>Limits how often connections are tried.</summary>
    public required ConnectionGate Gate { get; init; }

    /// <summary>Where logs are kept while a call runs; on a local disk if possible.</summary>
    public string LogFolder => _controlFolder ?? _stateFolder;

    /// <summary>Finds the way to a host.</summary>
    /// <exception cref="Win32Exception">There is no ssh.</exception>
    /// <exception cref="FormatException">ssh does not accept the configuration.</exception>
    public static async Task<SshRoute> FindAsync(
        SshTarget target, SshHostOptions options, string stateFolder, string identity, TimeProvider clock, CancellationToken cancellationToken)
    {
        var program = ProgramPath.Find(options.Program) ?? throw new Win32Exception(NoSuchFile, $"there is no program '{options.Program}' on PATH");
        string[] chosen = [.. target.Arguments, .. target.Destination];
        var settings = await SshSettings.ReadAsync(program, chosen, cancellationToken).ConfigureAwait(false);
        var controlFolder = ControlFolder.Ensure(stateFolder);
        var ownSocket = options.ShareConnections && settings is { IsKnown: true, ControlPath: null } && controlFolder is not null
            ? ControlFolder.Socket(controlFolder, identity)
            : null;
        List<string> arguments = [.. target.Arguments];
        foreach (var option in settings.Options(options.ConnectTimeout).Concat(Sharing(ownSocket, options.KeepOpen))) arguments.AddRange(["-o", option]);
        return new()
        {
            Program = program,
            Arguments = arguments,
            Socket = ownSocket ?? (settings.ControlPath is "none" ? null : settings.ControlPath),
            OwnSocket = ownSocket,
            Gate = new(stateFolder, settings.Target ?? target.Name, clock),
            _controlFolder = controlFolder,
            _stateFolder = stateFolder,
        };
    }

    /// <summary>True if there seems to be a connection to share.</summary>
    public bool IsOpen() => Socket is not null && File.Exists(Socket);

    /// <summary>Makes the folders again that were cleared since, as happens below <c>/tmp</c>.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(_stateFolder);
        if (_controlFolder is not null) ControlFolder.Ensure(_stateFolder);
    }

    /// <summary>Tells the gate how a try ended. A call that is tried again counts as one failure at most.</summary>
    public void Note(ConnectionTicket? ticket, SshOutcome outcome, bool isRepeated)
    {
        var noted = isRepeated ? ConnectionOutcome.Neutral : outcome.ForGate;
        if (ticket is not null) ticket.Return(noted);
        else if (outcome.ConnectionCount > 0 || noted is ConnectionOutcome.Failed or ConnectionOutcome.Denied) Gate.Note(noted);
    }

    private static string[] Sharing(string? socket, TimeSpan keepOpen) => socket is null
        ? []
        :
        [
            "ControlMaster=auto",
            $"ControlPath=\"{socket.Replace("%", "%%", StringComparison.Ordinal)}\"",
            string.Create(CultureInfo.InvariantCulture, $"ControlPersist={Math.Max(1, (int)keepOpen.TotalSeconds)}"),
        ];
}
