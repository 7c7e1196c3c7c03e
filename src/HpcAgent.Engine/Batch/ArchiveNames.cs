using System.Buffers;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Batch;

/// <summary>Which names of an archive may become files here: those that stay inside, that this system can hold, and that meet no other file.</summary>
internal sealed class ArchiveNames
{
    private static readonly SearchValues<char> s_refusedByWindows = SearchValues.Create("<>:\"|?*");

    private readonly bool _isWindows;
    private readonly Dictionary<string, string>? _taken;

    /// <summary>Sets the rules.</summary>
    /// <param name="isWindows">True for the rules of Windows.</param>
    /// <param name="ignoresCase">True where two names that differ in case alone are one file.</param>
    /// <param name="existing">The files that are there, relative, with slashes.</param>
    public ArchiveNames(bool isWindows, bool ignoresCase, IEnumerable<string> existing)
    {
        _isWindows = isWindows;
        if (!ignoresCase) return;
        _taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in existing) _ = _taken.TryAdd(name, name);
    }

    /// <summary>The rules of this machine for a folder.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="existing">The files in it.</param>
    public static ArchiveNames Of(string folder, IEnumerable<string> existing) =>
        new(OperatingSystem.IsWindows(), Directory.Exists(Path.Combine(Path.GetDirectoryName(folder)!, Path.GetFileName(folder).ToUpperInvariant())), existing);

    /// <summary>Why a name cannot be taken; null if it can.</summary>
    /// <param name="name">The name, relative, with slashes.</param>
    public string? Fault(string name)
    {
        if (name.Length == 0 || name.StartsWith('/') || (name.Length > 1 && name[1] == ':' && _isWindows)) return "it is absolute";
        if (name.Contains('\uFFFD', StringComparison.Ordinal)) return "it is not UTF-8";
        if (name.Any(char.IsControl)) return "it holds control characters";
        if (name.Contains('\\', StringComparison.Ordinal)) return "it holds a backslash";
        foreach (string part in name.Split('/'))
        {
            if (part is "" or "." or "..") return "it leads out of its folder";
            if (_isWindows && WindowsFault(part) is { } fault) return fault;
        }
        if (_taken is null) return null;
        return _taken.TryAdd(name, name) || _taken[name] == name ? null : $"it differs from '{_taken[name]}' in case alone, and here they are one file";
    }

    private static string? WindowsFault(string part)
    {
        if (part.AsSpan().ContainsAny(s_refusedByWindows)) return "it holds a character that Windows does not allow";
        if (part[^1] is ' ' or '.') return "it ends with a blank or a dot, which Windows does not keep";
        string stem = part.Split('.')[0].TrimEnd();
        // A run's name obeys the same rule of devices, and some more that a plain letter in front satisfies.
        return stem.Length is 3 or 4 && stem.All(char.IsAsciiLetterOrDigit) && !RunId.IsValid(stem) ? "Windows keeps that name for a device" : null;
    }
}
