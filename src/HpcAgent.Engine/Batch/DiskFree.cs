using System.Globalization;

namespace HpcAgent.Engine.Batch;

/// <summary>One file system as <c>df -P</c> or <c>df -Pi</c> shows it.</summary>
/// <param name="Device">What is mounted, as <c>quota</c> names it too.</param>
/// <param name="Total">All blocks or inodes; 0 where the file system does not count them.</param>
/// <param name="Free">What is left for this user, which may be below 0.</param>
internal sealed record DiskFree(string Device, long Total, long Free)
{
    /// <summary>Reads the last file system of a listing of blocks.</summary>
    /// <param name="df">What <c>df -P</c> printed.</param>
    /// <returns>It in bytes, or null if it cannot be read.</returns>
    public static DiskFree? Bytes(string df)
    {
        string[] head = df.Split('\n', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long block = head.Length > 1 && head[1].StartsWith("512", StringComparison.Ordinal) ? 512 : 1024;
        return Read(df) is { } blocks ? blocks with { Total = blocks.Total * block, Free = blocks.Free * block } : null;
    }

    /// <summary>Reads the last file system of a listing of inodes.</summary>
    /// <param name="df">What <c>df -Pi</c> printed.</param>
    /// <returns>It, or null if it cannot be read or the file system has no fixed number of them.</returns>
    public static DiskFree? Files(string df) => Read(df) is { Total: > 0 } inodes ? inodes : null;

    // Names of devices and folders may hold blanks, and a long name may stand on a line of its own, even with -P: three numbers, a percentage, a path.
    private static DiskFree? Read(string df)
    {
        int end = df.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0) return null;
        string[] words = df[end..].Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = words.Length - 2; i >= 4; i--)
        {
            bool isRow = IsPercentage(words[i]) && words[i + 1].StartsWith('/') && Number(words[i - 1]) is not null && Number(words[i - 2]) is not null;
            if (isRow && Number(words[i - 3]) is { } total) return new DiskFree(string.Join(' ', words[..(i - 3)]), total, Number(words[i - 1])!.Value);
        }
        return null;
    }

    private static bool IsPercentage(string word) => word == "-" || (word.EndsWith('%') && Number(word[..^1]) is not null);

    private static long? Number(string word) =>
        long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}
