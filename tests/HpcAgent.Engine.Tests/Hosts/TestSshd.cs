using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>
/// A real sshd for the current user, with keys of its own, whose log tells what was done. It can be frozen and killed. The user's own
/// start-up files are left out of it: some take locks, which a killed session would leave behind.
/// </summary>
internal sealed class TestSshd : IDisposable
{
    private readonly StringBuilder _log = new();
    private readonly List<SshHost> _hosts = [];
    private readonly string _extra;
    private Process? _process;

    private TestSshd(string extra) => _extra = extra;

    public TempFolder Folder { get; } = new();

    public int Port { get; private set; }

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Connections that were made, with a user accepted.</summary>
    public int ConnectionCount => Count("Accepted publickey for");

    /// <summary>Commands that were run.</summary>
    public int ExecutionCount => Count("Starting session: ");

    /// <summary>Starts one, or skips the test where there is no sshd.</summary>
    public static async Task<TestSshd> StartAsync(string extra = "")
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a Unix sshd");
        Skip.IfNot(File.Exists("/usr/sbin/sshd"), "sshd is not installed (apt-get install openssh-server)");
        var sshd = new TestSshd(extra);
        await sshd.CreateAsync();
        return sshd;
    }

    public SiteConfig Site(Func<SiteConfig, SiteConfig>? change = null)
    {
        var site = new SiteConfig { Name = "test", Scheduler = "slurm", Host = "sshd-of-test", SshConfig = Folder["ssh_config"], Origin = "clusters.yaml:1" };
        return change is null ? site : change(site);
    }

    public SshHost Host(SshHostOptions? options = null, Func<SiteConfig, SiteConfig>? change = null, TimeProvider? clock = null)
    {
        var host = new SshHost(Site(change), Folder["state"], clock ?? TimeProvider.System, options ?? new() { RetriesConnections = false });
        _hosts.Add(host);
        return host;
    }

    public void SendToAll(string signal)
    {
        foreach (var pid in Processes.Descendants(_process!.Id))
            Processes.Signal(pid, signal);
    }

    public void SendToServer(string signal) => Processes.Signal(_process!.Id, signal);

    /// <summary>Kills the server and all its sessions.</summary>
    public void Kill() => SendToAll("KILL");

    /// <summary>The client's processes that were started for this server, the one of the shared connection included.</summary>
    public IEnumerable<string> ClientProcesses() => Processes.CommandLines().Where(line =>
        line.Contains("ssh", StringComparison.Ordinal) && !line.Contains("sshd:", StringComparison.Ordinal) && !line.Contains("/usr/sbin/sshd", StringComparison.Ordinal) &&
        (line.Contains(Folder.Root, StringComparison.Ordinal) || _hosts.Any(host => host.SocketPath is { } socket && line.Contains(socket, StringComparison.Ordinal))));

    public async Task WaitForAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1500; i++)
        {
            if (condition())
                return;
            await Task.Delay(20);
        }

        throw new TimeoutException("the condition did not come true; log of sshd:\n" + Log);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            SendToAll("CONT");
        foreach (var host in _hosts)
            host.CloseSharedConnectionAsync(CancellationToken.None).GetAwaiter().GetResult();
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        Folder.Dispose();
    }

    private async Task CreateAsync()
    {
        if (Environment.UserName == "root")
            Directory.CreateDirectory("/run/sshd");
        foreach (var key in (string[])["host_key", "other_host_key", "user_key", "strange_key"])
            await ChildProcess.RunAsync("ssh-keygen", null, "-q", "-t", "ed25519", "-N", "", "-f", Folder[key]);
        File.Copy(Folder["user_key.pub"], Folder["authorized_keys"]);
        for (var attempt = 0; !await TryStartAsync(); attempt++)
            if (attempt == 5)
                throw new InvalidOperationException("sshd does not start: " + Log);
        Folder.Write("known_hosts", $"[127.0.0.1]:{Port} {File.ReadAllText(Folder["host_key.pub"])}");
        Folder.Write("changed_hosts", $"[127.0.0.1]:{Port} {File.ReadAllText(Folder["other_host_key.pub"])}");
        Folder.Write(
            "ssh_config",
            $"""
            Host sshd-of-test
              HostName 127.0.0.1
              Port {Port}
              IdentityFile {Folder["user_key"]}
              IdentitiesOnly yes
              IdentityAgent none
              UserKnownHostsFile {Folder["known_hosts"]}
              GlobalKnownHostsFile /dev/null
            """);
    }

    private async Task<bool> TryStartAsync()
    {
        Port = FreePort();
        Folder.Write(
            "sshd_config",
            $"""
            {_extra}
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {Folder["host_key"]}
            AuthorizedKeysFile {Folder["authorized_keys"]}
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            PidFile none
            SetEnv HOME={Folder.Root}
            LogLevel DEBUG1
            """);
        var start = new ProcessStartInfo("/usr/sbin/sshd") { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["-f", Folder["sshd_config"], "-D", "-e"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
        for (var i = 0; i < 1500 && !_process.HasExited; i++)
        {
            if (Log.Contains("Server listening on", StringComparison.Ordinal))
                return true;
            await Task.Delay(20);
        }

        return false;
    }

    private int Count(string words) => Log.Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
