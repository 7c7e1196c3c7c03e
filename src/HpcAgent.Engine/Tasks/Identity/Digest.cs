using System.Security.Cryptography;

namespace HpcAgent.Engine.Tasks;

/// <summary>SHA-256 over bytes that arrive piece by piece, fed to the hash in large blocks.</summary>
internal sealed class Digest : IDisposable
{
    private const int BlockBytes = 128 * 1024;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>What waits to be hashed. Write to its end, then call <see cref="Step"/>.</summary>
    public ByteBuffer Block { get; } = new(BlockBytes + 4096);

    public static string Of(byte[] bytes) => Hex(SHA256.HashData(bytes));

    /// <summary>Hashes the block when it is full enough.</summary>
    public void Step()
    {
        if (Block.Length >= BlockBytes) Flush();
    }

    public string Finish()
    {
        Flush();
        return Hex(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(Block.Written);
        Block.Clear();
    }

    private static string Hex(byte[] digest) => Convert.ToHexString(digest).ToLowerInvariant();
}
