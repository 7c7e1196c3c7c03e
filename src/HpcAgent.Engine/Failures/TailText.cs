using System.Text;
using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Failures;

/// <summary>Makes lines of the end of a log, as a terminal would show them.</summary>
internal static partial class TailText
{
    private const int MaxLine = 2000;

    /// <summary>The lines, without blank ones, colours and control characters; of a line that was overwritten the last state.</summary>
    public static List<string> Lines(string text)
    {
        if (text.Length > TaskTail.MaxBytes) text = text[^TaskTail.MaxBytes..];
        if (text.Contains('\e', StringComparison.Ordinal)) text = Escapes().Replace(text, "");
        List<string> lines = [];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = (end < 0 ? rest : rest[..end]).TrimEnd();
            rest = end < 0 ? [] : rest[(end + 1)..];
            // A progress bar goes back to the start of its line.
            int back = line.LastIndexOf('\r');
            if (back >= 0) line = line[(back + 1)..];
            if (line.Length > MaxLine) line = line[..MaxLine];
            if (!line.IsWhiteSpace()) lines.Add(Plain(line));
        }
        return lines;
    }

    /// <summary>True if a line is for people: most of it is letters, digits, blanks and signs of ASCII, or letters of any script.</summary>
    public static bool IsReadable(ReadOnlySpan<char> line)
    {
        int bad = 0;
        bool hasLetter = false;
        foreach (char c in line)
        {
            hasLetter |= char.IsLetterOrDigit(c);
            if (c is '\uFFFD' or '\u00B7') bad++;
        }
        return hasLetter && bad * 4 < line.Length;
    }

    private static string Plain(ReadOnlySpan<char> line)
    {
        if (line.IndexOfAnyInRange('\0', '\u001f') < 0) return line.ToString();
        StringBuilder plain = new(line.Length);
        foreach (char c in line) _ = plain.Append(c == '\t' ? ' ' : char.IsControl(c) ? '\u00B7' : c);
        return plain.ToString();
    }

    [GeneratedRegex(@"\e(\[[0-9;?]*[ -/]*[@-~]|\][^\a\e]*(\a|\e\\)?|[@-Z\\-_])")]
    private static partial Regex Escapes();
}
