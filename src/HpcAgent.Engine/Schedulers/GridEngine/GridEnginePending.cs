using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>qstat -j: what the scheduler noted about jobs that it did not start.</summary>
internal static partial class GridEnginePending
{
    // One answer names every running task of an array; more arrays would wait for the same anyway.
    private const int MostJobs = 20;

    public static string Query(IReadOnlyList<string> jobIds) => jobIds.Count == 0
        ? ":"
        : $"{QueryText.Bounded}qstat -j {string.Join(',', jobIds.Take(MostJobs).Select(SubmissionCheck.RequireJobId))} 2>/dev/null";

    public static IReadOnlyDictionary<string, PendingDetail> Parse(string output)
    {
        Dictionary<string, PendingDetail> details = new(StringComparer.Ordinal);
        (string? id, string label) = (null, "");
        foreach (string raw in output.Split('\n'))
        {
            string line = raw.TrimEnd();
            if (line.StartsWith("====", StringComparison.Ordinal)) (id, label) = (null, "");
            if (line.Length == 0) continue;
            string value = line.Trim();
            // A line that begins with blanks goes on with what the one above began.
            if (!char.IsWhiteSpace(line[0]))
            {
                Match match = LabelPattern().Match(line);
                if (!match.Success) continue;
                (label, value) = (match.Groups["label"].Value, match.Groups["value"].Value.Trim());
            }
            if (label == "job_number") details[id = value] = details.GetValueOrDefault(value) ?? new PendingDetail();
            else if (id is not null) details[id] = Add(details[id], label, value);
        }
        return details;
    }

    private static PendingDetail Add(PendingDetail detail, string label, string value) => label switch
    {
        "scheduling info" when value.Length > 0 && !detail.Notes.Contains(value, StringComparer.Ordinal) => detail with { Notes = [.. detail.Notes, value] },
        "error reason" when Words(value) is var words && !detail.Errors.Contains(words, StringComparer.Ordinal) => detail with { Errors = [.. detail.Errors, words] },
        "jid_predecessor_list" or "ja_ad_predecessor_list" => detail with { Dependency = value },
        _ => detail,
    };

    // 11/21/2026 04:30:16 [1001:1362]: error: can't open ... : when and by which process does not matter.
    private static string Words(string value) => StampPattern().Replace(value, "");

    [GeneratedRegex(@"\A(?<label>[a-z_][A-Za-z_ ()-]*?)\s*\d*:\s+(?<value>.*)\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A\d+/\d+/\d+ [\d:]+ \[[\d:]+\]: (error: )?")]
    private static partial Regex StampPattern();
}
