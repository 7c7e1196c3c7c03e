using System.Globalization;

namespace HpcAgent.Engine.Aggregation;

/// <summary>The names of packed waves: <c>0.ndjson</c>, <c>0.ndjson.gz</c>, or the same after <c>wave_</c>.</summary>
internal static class WaveFile
{
    private const string Prefix = "wave_";

    /// <summary>The path of a wave in an archive.</summary>
    /// <param name="folder">The folder of the archive.</param>
    /// <param name="wave">The number.</param>
    public static string PathOf(string folder, int wave) => Path.Combine(folder, "waves", string.Create(CultureInfo.InvariantCulture, $"{wave}.ndjson"));

    /// <summary>True if this is the name of a packed file.</summary>
    /// <param name="path">A path.</param>
    public static bool IsPacked(string path) =>
        path.EndsWith(".ndjson", StringComparison.Ordinal) || path.EndsWith(".ndjson.gz", StringComparison.Ordinal);

    /// <summary>The number of a wave, of a packed file or of the original's partial; null if the name has none.</summary>
    /// <param name="path">A path.</param>
    public static int? NumberOf(string path)
    {
        string name = Path.GetFileName(path);
        if (name.StartsWith(Prefix, StringComparison.Ordinal)) name = name[Prefix.Length..];
        int end = name.IndexOf('.', StringComparison.Ordinal);
        return end > 0 && int.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>The packed files directly in a folder, by their number, then by name.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> In(string folder) => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder).Where(IsPacked).OrderBy(p => NumberOf(p) ?? int.MaxValue).ThenBy(p => p, StringComparer.Ordinal)];
}
