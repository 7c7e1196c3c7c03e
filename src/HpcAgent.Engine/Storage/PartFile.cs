namespace HpcAgent.Engine.Storage;

/// <summary>
/// The names of files that are being written and get their own name when they are whole. They do not grow with it: a name may be as long as the
/// file system allows.
/// </summary>
internal static class PartFile
{
    private const string Prefix = ".hpc-";
    private const string Suffix = ".part";

    private static int s_count;

    /// <summary>A name that nobody else uses, in the folder of a file.</summary>
    /// <param name="target">The absolute path of the file.</param>
    public static string For(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, FormattableString.Invariant($"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}{Suffix}"));

    /// <summary>True for such a name, which a process that was killed may have left.</summary>
    /// <param name="name">The name of a file, without its folder.</param>
    public static bool Is(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);
}
