using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Snapshots;

/// <summary>
/// The digest of a snapshot: the sha256 of <c>hpc-snapshot-1</c> and, for each entry in the order of the UTF-8 bytes of its path, kind
/// (<c>f</c>, <c>x</c> or <c>l</c>), path, size in decimal, and content (sha256 or target), every text followed by a zero byte.
/// </summary>
public static class SnapshotDigest
{
    /// <summary>How many characters a digest has.</summary>
    public const int Length = 64;

    /// <summary>Computes the digest.</summary>
    /// <param name="entries">The entries, in order.</param>
    public static string Compute(IReadOnlyList<SnapshotEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, "hpc-snapshot-1");
        foreach (var entry in entries)
        {
            Append(hash, entry.Kind switch { SnapshotEntryKind.File => "f", SnapshotEntryKind.Executable => "x", _ => "l" });
            Append(hash, entry.Path);
            Append(hash, entry.Size.ToString(CultureInfo.InvariantCulture));
            Append(hash, entry.Content);
        }

        return Hex(hash.GetHashAndReset());
    }

    /// <summary>True if a text has the form of a digest.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(string? text) => text is { Length: Length } && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    internal static string Hex(ReadOnlySpan<byte> hash) => Convert.ToHexString(hash).ToLowerInvariant();

    /// <summary>The order of UTF-8 bytes; that of UTF-16 differs above U+FFFF.</summary>
    internal static int ComparePaths(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }
}
