namespace HpcAgent.Engine.Local;

/// <summary>Text for a POSIX shell.</summary>
public static class ShellText
{
    /// <summary>Quotes a value so that every POSIX shell reads it as one word, byte for byte.</summary>
    /// <param name="value">The value; it must not hold a NUL.</param>
    public static string Quote(string value) => $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
