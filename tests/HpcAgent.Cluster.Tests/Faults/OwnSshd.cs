using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>
/// An sshd for one test, beside that of the cluster, so that a test can break it, or put programs of its own before those of the
/// schedulers, without harm to others.
/// </summary>
internal sealed class OwnSshd : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpc-agent-sshd-").FullName;
    private readonly string _settings;
    private readonly int _port = FreePort();
    private Process? _process;

    public OwnSshd()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Programs);
        // Whoever logs in leaves marks there.
        File.SetUnixFileMode(Programs, (UnixFileMode)0b111_111_111);
        string cluster = Path.Combine(Path.GetDirectoryName(TestCluster.SshConfig)!, "ssh");
        _settings = Path.Combine(_folder, "sshd_config");
        File.WriteAllText(
            _settings,
            string.Create(CultureInfo.InvariantCulture, $"""
                ListenAddress 127.0.0.1
                Port {_port}
                HostKey {cluster}/host_key
                PidFile none
                AuthorizedKeysFile {cluster}/authorized_keys
                StrictModes no
                UsePAM no
                UseDNS no
                SetEnv PATH={Programs}:/usr/local/bin:/usr/bin:/bin

                """));
        Config = WriteConfig(_port);
        Start();
    }

    /// <summary>A configuration of ssh that leads here.</summary>
    public string Config { get; }

    public int Port => _port;

    private string Programs => Path.Combine(_folder, "bin");

    /// <summary>A configuration of ssh that leads to another port, which must in the end be this sshd.</summary>
    public string WriteConfig(int port)
    {
        string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"ssh_config-{port}"));
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"Host *\n  Port {port}\n  HostKeyAlias [127.0.0.1]:{TestCluster.Facts.GetProperty("ssh_port").GetInt32()}\nInclude {TestCluster.SshConfig}\n"));
        return path;
    }

    /// <summary>Puts a program before that of the cluster.</summary>
    public void Replace(string name, string script)
    {
        string path = Path.Combine(Programs, name);
        File.WriteAllText(path + ".new", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path + ".new", (UnixFileMode)0b111_101_101);
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Restore(string name) => File.Delete(Path.Combine(Programs, name));

    /// <summary>True if a program has left a file of that name beside itself.</summary>
    public bool Has(string name) => File.Exists(Path.Combine(Programs, name));

    /// <summary>How many lines such a file has.</summary>
    public int Lines(string name) => Has(name) ? File.ReadAllLines(Path.Combine(Programs, name)).Length : 0;

    public void Start()
    {
        _process = Process.Start("/usr/sbin/sshd", ["-D", "-f", _settings, "-E", Path.Combine(_folder, "log")])!;
        for (int i = 0; i < 100; i++)
        {
            try
            {
                using TcpClient probe = new();
                probe.Connect(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, "sshd did not start");
                Thread.Sleep(50);
            }
        }
        Assert.Fail("sshd does not listen");
    }

    /// <summary>Ends the listener and every connection at once; what runs behind them goes on as far as it can.</summary>
    public void Kill()
    {
        if (_process is null) return;
        // Not the whole tree: commands of the user live on, as they do elsewhere.
        using Process kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"all={_process.Id}; for p in $(pgrep -P {_process.Id}); do all=\"$all $p $(pgrep -P $p -x sshd)\"; done; kill -9 $all")])!;
        kill.WaitForExit();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }
}
