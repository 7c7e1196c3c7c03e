using System.Globalization;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>squeue, asked when waiting jobs should start and what they depend on.</summary>
internal static class SlurmPending
{
    private const char Separator = '\x1f';

    /// <remarks>Seconds since 1970: the usual format is in the cluster's own time and does not say which that is.</remarks>
    public static string Query { get; } =
        """SLURM_TIME_FORMAT=%s; export SLURM_TIME_FORMAT; """ + QueryText.Bounded + """squeue -h -t PD -u "$(id -un)" -o "$(printf '%%F\037%%S\037%%E')" 2>/dev/null""";

    public static IReadOnlyDictionary<string, PendingDetail> Parse(string output)
    {
        Dictionary<string, PendingDetail> details = new(StringComparer.Ordinal);
        foreach (string line in output.Split('\n'))
        {
            string[] fields = line.TrimEnd('\r').Split(Separator);
            if (fields.Length != 3) continue;
            string id = fields[0].Split(';')[0];
            PendingDetail detail = new()
            {
                EstimatedStart = long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds is > 0 and < 100_000_000_000
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null,
                Dependency = fields[2] is "" or "(null)" ? null : fields[2],
            };
            // An array whose elements were told apart has several rows.
            if (details.TryGetValue(id, out PendingDetail? before) && (detail.EstimatedStart ?? DateTimeOffset.MaxValue) >= (before.EstimatedStart ?? DateTimeOffset.MaxValue)) continue;
            details[id] = detail;
        }
        return details;
    }
}
