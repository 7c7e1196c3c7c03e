namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Finds the known name that a mistyped one most likely meant.</summary>
internal static class PropertyHint
{
    // Longer names are not typed by hand, and the distance costs the product of both lengths.
    private const int LongestName = 100;

    /// <summary>The nearest name within a third of the length (at least one edit), or null; letter case and separators cost nothing.</summary>
    internal static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName) return null;
        var given = Plain(name);
        string? best = null;
        var least = Math.Max(1, given.Length / 3) + 1;
        foreach (var candidate in known)
        {
            var distance = Distance(given, Plain(candidate));
            if (distance >= least) continue;
            least = distance;
            best = candidate;
        }

        return best;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each.
    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last) = (last, row);
        }

        return last[b.Length];
    }
}
