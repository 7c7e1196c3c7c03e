using System.Buffers;
using System.Security.Cryptography;

namespace HpcAgent.Engine.Snapshots;

/// <summary>Hashes files that other programs may be writing.</summary>
internal static class FileDigest
{
    private const int BufferSize = 128 * 1024;
    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The size and sha256 of a file that did not change meanwhile, or null if it is gone.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.PreconditionFailed"/>: it changes all the time.</exception>
    internal static async Task<(long Size, string Sha256)?> ComputeAsync(string path, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++, pause *= 4)
        {
            try
            {
                var before = Stamp(path);
                var result = await ReadAsync(path, Stream.Null, cancellationToken).ConfigureAwait(false);
                if (result.Size == before.Length && before == Stamp(path))
                    return result;
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }

            if (attempt == Attempts)
                throw new HpcException(ErrorCode.PreconditionFailed, $"'{path}' changes while it is read.", "Stop the program that writes it, or name it in .hpcignore.");
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Copies a file and hashes what was copied.</summary>
    internal static async Task<(long Size, string Sha256)> ReadAsync(string path, Stream copy, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            await using var closing = source.ConfigureAwait(false);
            long size = 0;
            while (await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                hash.AppendData(buffer, 0, count);
                await copy.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                size += count;
            }

            return (size, SnapshotDigest.Hex(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (long Length, DateTime Written) Stamp(string path)
    {
        var info = new FileInfo(path);
        return (info.Length, info.LastWriteTimeUtc);
    }
}
