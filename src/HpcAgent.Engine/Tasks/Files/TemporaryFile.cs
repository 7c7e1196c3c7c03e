using Microsoft.Win32.SafeHandles;

namespace HpcAgent.Engine.Tasks;

/// <summary>A file of the temporary folder that goes when nobody reads it any more, even if nobody disposes of it.</summary>
internal sealed class TemporaryFile
{
    private readonly SafeFileHandle _handle;

    /// <summary>Takes over a file that has been written.</summary>
    public TemporaryFile(string path)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
    }

    public static string NewPath() => Path.Combine(Path.GetTempPath(), "hpc-agent-" + Guid.NewGuid().ToString("N"));

    /// <summary>Opens the content from its beginning; many readers may do so at once.</summary>
    public Stream Read() => new Reader(_handle);

    private sealed class Reader(SafeFileHandle handle) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = RandomAccess.Read(handle, buffer, _position);
            _position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
