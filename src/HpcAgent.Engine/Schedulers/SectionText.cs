namespace HpcAgent.Engine.Schedulers;

/// <summary>Several answers in one text, each below a line with its name; a part that fails is empty and hurts no other.</summary>
internal static class SectionText
{
    private const string Mark = "#hpc-section ";

    /// <summary>Shell text that prints a section.</summary>
    public static string Render(string name, string command) => $"printf '\\n{Mark}{name}\\n'; {{ {command}; }} 2>/dev/null || :\n";

    /// <summary>The sections by name, as lines.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Parse(string output)
    {
        Dictionary<string, IReadOnlyList<string>> sections = new(StringComparer.Ordinal);
        List<string>? lines = null;
        foreach (string raw in output.Split('\n'))
        {
            string line = raw.TrimEnd('\r');
            if (line.StartsWith(Mark, StringComparison.Ordinal)) sections[line[Mark.Length..].Trim()] = lines = [];
            else if (line.Length > 0) lines?.Add(line);
        }
        return sections;
    }

    /// <summary>The lines of a section; none if it is not there.</summary>
    public static IReadOnlyList<string> Lines(this IReadOnlyDictionary<string, IReadOnlyList<string>> sections, string name) =>
        sections.TryGetValue(name, out IReadOnlyList<string>? lines) ? lines : [];
}
