using System.Buffers;

namespace HpcAgent.Engine.Tasks;

/// <summary>Writes text as one word that every POSIX shell reads back unchanged.</summary>
internal static class ShellQuote
{
    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=@%+,-");

    /// <summary>The characters of a shell variable's name.</summary>
    public static SearchValues<char> Name { get; } = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>The characters of the variables that this program makes.</summary>
    public static SearchValues<char> Variable { get; } = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>The text in single quotes.</summary>
    public static string Always(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>The text as it is where no shell gives any of its characters a meaning, else in single quotes.</summary>
    public static string WhereNeeded(string text) => text.Length > 0 && IsSafe(text) ? text : Always(text);

    public static bool IsSafe(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Safe);
}
