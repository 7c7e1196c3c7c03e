using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace HpcAgent.Benchmarks;

/// <summary>A TCP relay on loopback that holds every byte back for a time in each direction: a far network.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly Task _accepting;

    /// <param name="target">The port behind it.</param>
    public Relay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long each byte is held back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TcpClient near;
            try
            {
                near = await _listener.AcceptTcpClientAsync(_end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            Connections++;
            _ = ServeAsync(near);
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using TcpClient far = new() { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            // The first packet of a connection needs a round trip of its own.
            await Task.Delay(2 * Delay);
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream()), PassAsync(far.GetStream(), near.GetStream()));
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        Channel<(long Due, byte[] Bytes)> held = Channel.CreateUnbounded<(long, byte[])>();
        Task writing = WriteAsync(held.Reader, to);
        byte[] buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0;)
                held.Writer.TryWrite((Environment.TickCount64 + (long)Delay.TotalMilliseconds, buffer[..read]));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over.
        }
        held.Writer.Complete();
        await writing;
    }

    private static async Task WriteAsync(ChannelReader<(long Due, byte[] Bytes)> held, NetworkStream to)
    {
        try
        {
            await foreach ((long due, byte[] bytes) in held.ReadAllAsync())
            {
                long wait = due - Environment.TickCount64;
                if (wait > 0) await Task.Delay((int)wait);
                await to.WriteAsync(bytes);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody listens any more.
        }
    }
}
