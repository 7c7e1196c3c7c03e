using System.Globalization;

namespace HpcAgent.Engine.Batch;

/// <summary>What quotas leave on one file system, as <c>quota</c> and <c>lfs quota</c> show it; null where none bounds it or it cannot be read.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="FileCount">Files and folders.</param>
internal sealed record QuotaLeft(long? Bytes, long? FileCount)
{
    /// <summary>No quota is known.</summary>
    public static QuotaLeft None { get; } = new(null, null);

    /// <summary>Reads all rows of a file system and takes the tightest.</summary>
    /// <param name="text">What the programs printed. Blocks are of 1024 bytes.</param>
    /// <param name="isMine">True for the name of the file system that is meant.</param>
    public static QuotaLeft Read(string text, Func<string, bool> isMine)
    {
        QuotaLeft least = None;
        string? wrapped = null;
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            // A long name stands on a line of its own, with its numbers on the next.
            bool isContinued = wrapped is not null && char.IsWhiteSpace(line[0]);
            (string name, string[] numbers) = isContinued ? (wrapped!, words) : (words[0], words[1..]);
            wrapped = numbers.Length == 0 ? name : null;
            if (numbers.Length >= 6 && isMine(name) && Row(numbers) is { } row) least = new(Least(least.Bytes, row.Bytes), Least(least.FileCount, row.FileCount));
        }
        return least;
    }

    // Used, soft limit, hard limit and, where the soft one is overdrawn or the program always writes it, the time of grace; for blocks and then for files.
    private static QuotaLeft? Row(string[] words)
    {
        if (!TryLeft(words, 0, out int next, out long? blocks) || !TryLeft(words, next, out _, out long? files)) return null;
        return new(blocks * 1024, files);
    }

    private static bool TryLeft(string[] words, int at, out int next, out long? left)
    {
        (next, left) = (at, null);
        if (at + 3 > words.Length || Number(words[at + 1]) is not { } soft || Number(words[at + 2]) is not { } hard) return false;
        next = at + 3 + (words.Length >= 8 || words[at].EndsWith('*') ? 1 : 0);
        long limit = hard > 0 ? hard : soft;
        // Lustre writes what it is not sure of in brackets, which is no number.
        left = limit > 0 ? limit - Number(words[at]) : null;
        return true;
    }

    private static long? Number(string word) =>
        long.TryParse(word.TrimEnd('*'), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static long? Least(long? a, long? b) => a is null || b < a ? b : a;
}
