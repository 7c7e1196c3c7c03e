using System.Net;
using System.Net.Sockets;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>Passes connections on to a port, and cuts the first one after it was told to when a number of bytes has gone up.</summary>
internal sealed class CuttingRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private long? _cutAfter;

    public CuttingRelay(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes that went up in the newest connection.</summary>
    public long BytesUp { get; private set; }

    /// <summary>True if the cut was made.</summary>
    public bool HasCut { get; private set; }

    public void CutAfter(long bytes) => (_cutAfter, HasCut) = (bytes, false);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                long? cut = _cutAfter;
                _cutAfter = null;
                _ = PassAsync(client, cut);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client, long? cut)
    {
        using (client)
        using (TcpClient server = new())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(UpAsync(client.GetStream(), server.GetStream(), cut), server.GetStream().CopyToAsync(client.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One side has gone.
            }
        }
    }

    private async Task UpAsync(NetworkStream from, NetworkStream to, long? cut)
    {
        byte[] buffer = new byte[16384];
        long total = 0;
        while (await from.ReadAsync(buffer) is > 0 and int read)
        {
            int pass = cut is { } limit ? (int)Math.Min(read, limit - total) : read;
            await to.WriteAsync(buffer.AsMemory(0, pass));
            BytesUp = total += pass;
            if (pass == read) continue;
            HasCut = true;
            return;
        }
    }
}
