namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>squeue.</summary>
internal static class SlurmQueue
{
    private const char Separator = '\x1f';
    private const int FieldCount = 5;

    /// <remarks>
    /// The array's id, the elements, the state, the reason (which holds blanks and commas) and the name (which may hold all else, so it is
    /// last). Pending elements stay one row; SLURM_BITSTR_LEN=0 keeps their list whole, which is cut at 64 characters otherwise.
    /// </remarks>
    public static string Query { get; } = QueryText.Framed(
        """SLURM_BITSTR_LEN=0; export SLURM_BITSTR_LEN; """ + QueryText.Bounded + """squeue -h -u "$(id -un)" -o "$(printf '%%F\037%%K\037%%T\037%%r\037%%j')" """.TrimEnd());

    public static IReadOnlyList<QueueEntry> Parse(string output)
    {
        List<QueueEntry> entries = [];
        bool isRow = false;
        foreach (string line in output.Split('\n'))
        {
            string[] fields = line.TrimEnd('\r').Split(Separator, FieldCount);
            if (fields.Length == FieldCount && JobId(fields[0]) is { } id)
            {
                isRow = true;
                Add(entries, id, fields);
            }
            else if (!isRow && !IsRemark(line))
            {
                // After a row it is the rest of a name with a line break: another job's, since ours have none.
                throw NoList(line);
            }
        }
        return entries;
    }

    private static void Add(List<QueueEntry> entries, string id, string[] fields)
    {
        string? reason = fields[3] is "" or "None" or "(null)" ? null : fields[3];
        QueueEntry entry = new(id, fields[4], 0, 0, 1, SlurmStates.InQueue(fields[2], fields[3]), fields[2], reason);
        ElementRanges? ranges = ElementRanges.TryParse(fields[1]);
        foreach (ElementRange range in ranges?.Ranges ?? [])
            entries.Add(entry with { FirstElement = range.First, LastElement = range.Last, Step = range.Step });
        if (ranges is null or { IsTruncated: true }) entries.Add(entry);
    }

    // "12;cluster" in a federation.
    private static string? JobId(string field)
    {
        string id = field.Split(';')[0];
        return id.Length > 0 && id.All(char.IsAsciiDigit) ? id : null;
    }

    private static bool IsRemark(string line) =>
        string.IsNullOrWhiteSpace(line) || line.StartsWith("squeue: ", StringComparison.Ordinal);

    private static HpcException NoList(string line) => new(
        ErrorCode.RemoteCommandFailed, $"squeue printed no list of jobs but: {Refusal.Words(line)}", "Run squeue by hand on the cluster and look at what it prints.");
}
