namespace HpcAgent.Engine.Local;

/// <summary>Which shell runs a command on this machine.</summary>
internal static class ShellChoice
{
    private static readonly string[] s_places = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/opt/homebrew/bin/bash"];

    /// <summary>
    /// The declared shell, else bash. A command of plain words means the same to every POSIX shell; it goes to <c>sh</c>, which on most
    /// systems forks in half the time.
    /// </summary>
    public static string For(string? declared, bool isPortable, string preamble)
    {
        if (!string.IsNullOrEmpty(declared)) return declared;
        return isPortable && preamble.Length == 0 ? "sh" : Bash;
    }

    /// <summary>Where bash is, or <c>sh</c> where there is none.</summary>
    public static string Bash => s_places.FirstOrDefault(File.Exists) ?? "sh";
}
