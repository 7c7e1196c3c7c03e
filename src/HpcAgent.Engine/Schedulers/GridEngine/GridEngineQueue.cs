using System.Buffers;
using System.Text;
using System.Xml;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>qstat, as XML: plain text cuts names after ten characters.</summary>
internal static class GridEngineQueue
{
    private static readonly SearchValues<char> EntityDigits = SearchValues.Create("0123456789abcdefxABCDEF");

    /// <remarks>-r tells what a held job waits for.</remarks>
    public static string Query { get; } = QueryText.Framed(QueryText.Bounded + """qstat -u "$(id -un)" -r -xml""");

    public static IReadOnlyList<QueueEntry> Parse(string output)
    {
        int start = output.IndexOf("<job_info", StringComparison.Ordinal);
        int end = output.LastIndexOf("</job_info>", StringComparison.Ordinal);
        if (start < 0 || end < start) throw NoList(Refusal.Words(output), null);
        List<QueueEntry> entries = [];
        XmlReaderSettings settings = new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            CheckCharacters = false,
            IgnoreComments = true,
            IgnoreWhitespace = true,
        };
        try
        {
            using StringReader text = new(Clean(output.AsSpan(start, end - start)) + "</job_info>");
            using XmlReader reader = XmlReader.Create(text, settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "job_list") ReadJob(reader, entries);
            }
        }
        catch (XmlException error)
        {
            throw NoList(error.Message, error);
        }
        return entries;
    }

    private static void ReadJob(XmlReader reader, List<QueueEntry> entries)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        int depth = reader.Depth;
        if (reader.IsEmptyElement) return;
        string name = "";
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element) name = reader.LocalName;
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) fields[name] = fields.TryGetValue(name, out string? before) ? before + "," + reader.Value : reader.Value;
        }
        if (!fields.TryGetValue("JB_job_number", out string? id)) return;
        string letters = fields.GetValueOrDefault("state", "");
        string? predecessors = fields.GetValueOrDefault("predecessor_jobs") ?? fields.GetValueOrDefault("ad_predecessor_jobs");
        (TaskState state, string? reason) = GridEngineStates.Of(letters, predecessors);
        string jobName = fields.GetValueOrDefault("full_job_name") ?? fields.GetValueOrDefault("JB_name", "");
        QueueEntry entry = new(id.Trim(), jobName, 0, 0, 1, state, letters, reason);
        ElementRanges? ranges = fields.TryGetValue("tasks", out string? tasks) ? ElementRanges.TryParse(tasks.Trim()) : null;
        foreach (ElementRange range in ranges?.Ranges ?? [])
            entries.Add(entry with { FirstElement = range.First, LastElement = range.Last, Step = range.Step });
        if (ranges is null or { IsTruncated: true }) entries.Add(entry);
    }

    // Names of other jobs come out of old versions as they went in: control characters and bare ampersands.
    private static string Clean(ReadOnlySpan<char> text)
    {
        StringBuilder clean = new(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c == '&' && !IsEntity(text[at..])) clean.Append("&amp;");
            else clean.Append(char.IsControl(c) && c is not ('\n' or '\t' or '\r') ? '?' : c);
        }
        return clean.ToString();
    }

    private static bool IsEntity(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf(';');
        if (end is < 2 or > 8) return false;
        ReadOnlySpan<char> name = text[1..end];
        if (name is "amp" or "lt" or "gt" or "quot" or "apos") return true;
        return name[0] == '#' && name.Length > 1 && !name[1..].ContainsAnyExcept(EntityDigits);
    }

    private static HpcException NoList(string words, Exception? cause) => new(
        ErrorCode.RemoteCommandFailed, $"qstat -xml printed no list of jobs: {words}", "Run qstat -xml by hand on the cluster and look at what it prints.", cause);
}
