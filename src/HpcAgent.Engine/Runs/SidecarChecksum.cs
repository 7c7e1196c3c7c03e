using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Runs;

/// <summary>
/// The last field of a sidecar of ours: the sha256 of all bytes before it. Carriage returns do not count, since a version control system
/// may add them to a file that lies in the user's repository.
/// </summary>
internal static class SidecarChecksum
{
    /// <summary>The name of the field.</summary>
    internal const string FieldName = "checksum";

    private const int DigestLength = 64;
    private static readonly byte[] Opening = Encoding.ASCII.GetBytes($",\n  \"{FieldName}\": \"");
    private static readonly byte[] Closing = "\"\n}"u8.ToArray();

    /// <summary>Adds the field.</summary>
    /// <param name="json">An indented object, without a newline at its end.</param>
    internal static byte[] Append(byte[] json)
    {
        var body = WithoutCarriageReturns(json)[..^2];
        return [.. body, .. Opening, .. Digest(body), .. Closing, (byte)'\n'];
    }

    /// <summary>Checks the field.</summary>
    /// <param name="file">The bytes of a file.</param>
    /// <returns>True if the file is as it was written.</returns>
    internal static bool IsIntact(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> text = WithoutCarriageReturns(file);
        if (text.EndsWith("\n"u8))
            text = text[..^1];
        if (!text.EndsWith(Closing))
            return false;
        text = text[..^Closing.Length];
        if (text.Length < DigestLength + Opening.Length)
            return false;
        var body = text[..^DigestLength];
        return body.EndsWith(Opening) && Digest(body[..^Opening.Length]).AsSpan().SequenceEqual(text[^DigestLength..]);
    }

    private static byte[] Digest(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes(Convert.ToHexString(SHA256.HashData(body)).ToLowerInvariant());

    private static byte[] WithoutCarriageReturns(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length];
        var count = 0;
        foreach (var value in text)
        {
            if (value != '\r')
                result[count++] = value;
        }

        return result[..count];
    }
}
