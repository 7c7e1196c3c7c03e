namespace HpcAgent.Engine.Hosts;

/// <summary>
/// The standard input of a program, counted. When the program does not read any more, writing fails and <see cref="IsBroken"/> tells
/// that from a failure of the one who writes.
/// </summary>
internal sealed class PayloadPipe(Stream target) : Stream
{
    private long _count;

    /// <summary>True once the program has closed its end.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes taken so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Lets the program see the end. Disposing this stream, as some writers do, does not.</summary>
    public async Task CloseTargetAsync()
    {
        try
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            IsBroken = true;
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            target.Write(buffer);
            Interlocked.Add(ref _count, buffer.Length);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            IsBroken = true;
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await target.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _count, buffer.Length);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            IsBroken = true;
            throw;
        }
    }
}
