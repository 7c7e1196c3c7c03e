using System.Text;
using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Failures;

/// <summary>
/// Two forms of a line. The steady one leaves out only what differs between tasks by its nature: times, addresses, process and job numbers, private
/// folders, the name of the task's own node. The loose one also leaves out numbers, paths and quoted text, which may be the very cause; so it
/// only serves to find lines that belong together (<see cref="FailureGrouping"/>).
/// </summary>
internal static partial class FailureText
{
    private const int MaxLength = 400;

    // Characters of private use, which no steady form holds.
    private const char PathChar = '\uE001';
    private const char TextChar = '\uE002';
    private const char NumberChar = '\uE003';
    private static readonly (string Path, string Text, string Number) s_marks = ($"{PathChar}", $"{TextChar}", $"{NumberChar}");

    /// <summary>The line as it is shown: at most 400 characters.</summary>
    public static string Short(string line) => line.Length <= MaxLength ? line : line[..MaxLength];

    /// <summary>The steady form.</summary>
    /// <param name="line">The line.</param>
    /// <param name="node">The task's own node, or null.</param>
    /// <param name="taskId">The task.</param>
    public static string Steady(string line, string? node, long taskId)
    {
        line = Short(line);
        if (line.AsSpan().IndexOfAnyInRange(PathChar, NumberChar) >= 0) line = new string([.. line.Select(c => c is >= PathChar and <= NumberChar ? '?' : c)]);
        if (node is { Length: > 1 } && line.Contains(node, StringComparison.Ordinal))
            line = Regex.Replace(line, $@"(?<![A-Za-z0-9_.-]){Regex.Escape(node)}(?![A-Za-z0-9_])", "<node>", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        // Most lines have neither digits nor braces.
        if (line.AsSpan().IndexOfAnyInRange('0', '9') < 0 && !line.Contains("/tmp", StringComparison.Ordinal)) return line;
        line = GlogHead().Replace(line, "<time>");
        line = Time().Replace(line, "<time>");
        line = Guid().Replace(line, "<id>");
        line = Address().Replace(line, "<address>");
        line = TemporaryName().Replace(line, "<tmp>");
        line = WorkFolder().Replace(line, "_wip_<task>");
        line = Results().Replace(line, "/results/<task>");
        line = Numbered().Replace(line, "${what}<id>");
        line = OwnId(line, taskId);
        return BracketedId().Replace(line, "${open}<id>${close}");
    }

    /// <summary>The loose form of a line in its steady form, and what was left out of it, in order.</summary>
    public static (string Form, IReadOnlyList<string> Details) Loose(string steady)
    {
        List<string> details = [];
        string form = Detail().Replace(steady, match =>
        {
            details.Add(match.Value);
            return match.Groups["path"].Success ? s_marks.Path : match.Groups["text"].Success ? s_marks.Text : s_marks.Number;
        });
        return (form, details);
    }

    /// <summary>A loose form with words in place of what was left out, or the detail itself where all lines share it.</summary>
    /// <param name="form">The form.</param>
    /// <param name="details">What was left out of each line; none to show no details.</param>
    public static string Shown(string form, IReadOnlyList<IReadOnlyList<string>> details)
    {
        StringBuilder text = new();
        int next = 0;
        foreach (char c in form)
        {
            string? word = c switch { PathChar => "<path>", TextChar => "<text>", NumberChar => "<n>", _ => null };
            if (word is null) _ = text.Append(c);
            else _ = text.Append(Shared(details, next++) ?? word);
        }
        return text.ToString();
    }

    private static string? Shared(IReadOnlyList<IReadOnlyList<string>> details, int index)
    {
        if (details.Count == 0) return null;
        string first = details[0][index];
        return details.All(d => d[index] == first) ? first : null;
    }

    private static string OwnId(string line, long taskId) =>
        TaskNumber().Replace(line, match => match.Groups["id"].Value == taskId.ToString(System.Globalization.CultureInfo.InvariantCulture) ? match.Groups["what"].Value + "<task>" : match.Value);

    [GeneratedRegex(@"^[IWEF][0-9]{4} [0-9:.]+ +[0-9]+ ")]
    private static partial Regex GlogHead();

    [GeneratedRegex(@"\b([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?|[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}( [0-9]{4})?|[0-9]{1,2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?)\b")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b")]
    private static partial Regex Guid();

    // Nine digits and more: shorter ones are error codes as often.
    [GeneratedRegex(@"\b0x[0-9a-fA-F]{9,16}\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"/tmp/(hpc\.[0-9.]+|tmp[A-Za-z0-9_]{6,10}|[A-Za-z0-9_-]*[.-][A-Za-z0-9]{6,10})(?=/|\b)")]
    private static partial Regex TemporaryName();

    [GeneratedRegex(@"_wip_[^/\s'""]+_[0-9]+(_[0-9]+)?\b")]
    private static partial Regex WorkFolder();

    [GeneratedRegex(@"/results/[0-9]+/[0-9]+\b")]
    private static partial Regex Results();

    [GeneratedRegex(@"(?<what>\b(?i:pid|process|thread|tid|job|jobid|job_id|stepid|step)(?-i)( (id|with pid))?[ =:#(]{1,2})[0-9]+([._][0-9a-z]+)*")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"(?<what>\b(?i:task)(?-i)[ =:#_]{1,2})(?<id>[0-9]+)\b")]
    private static partial Regex TaskNumber();

    [GeneratedRegex(@"(?<open>==|\[)[0-9]{3,7}(?<close>==|\]:?)")]
    private static partial Regex BracketedId();

    [GeneratedRegex(
        @"(?<path>(?<![\w<])(~|\.{1,2}|[A-Za-z]:)?([/\\][^\s'""`,;:()<>]+)+)|(?<text>'[^']{1,200}'|""[^""]{1,200}""|`[^`']{1,200}['`])|\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*[0-9])[0-9a-f]{12,}\b|[-+]?(\b|(?<=[A-Za-z_]))[0-9]+([.,][0-9]+)*([eE][-+]?[0-9]+)?")]
    private static partial Regex Detail();
}
