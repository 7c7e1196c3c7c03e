using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>The part of a look that packs the metrics of a run on the login node, and sends those packs that this machine has not.</summary>
/// <remarks>
/// Parts: <c>waves</c>, what <c>pack.sh</c> prints; those of <see cref="PackJob"/> if a job is to do it; else <c>results</c>, a gzip tar of packs, if
/// there is something to send. A pack is checked by its checksum when it has arrived, so the statuses of tar and gzip need not be known.
/// </remarks>
internal static class PackScript
{
    /// <summary>The script that packs.</summary>
    public const string Name = "pack.sh";

    private const string AwkName = "pack.awk";

    private const string Text = """
        if [ -d "$hpc_run" ]; then
        hpc_w=$hpc_run/waves; hpc_nice=; ! command -v nice >/dev/null 2>&1 || hpc_nice='nice -n 10'
        hpc_m=$( { mkdir -p "$hpc_w" && printf '%s' @SHELL@ >"$hpc_w/.pack.sh.$$" && printf '%s' @AWK@ >"$hpc_w/.pack.awk.$$" && mv -f "$hpc_w/.pack.awk.$$" "$hpc_w/pack.awk" && mv -f "$hpc_w/.pack.sh.$$" "$hpc_w/pack.sh"; } 2>&1) &&
          hpc_p=$($hpc_nice /bin/sh "$hpc_w/pack.sh" "$hpc_run" @TASKS@ @SIZE@ @LIMIT@ @MOST@ @TEMPLATE@ @AUDIT@ 2>/dev/null) || hpc_p="failed - ${hpc_m:-pack.sh ended with exit code $?}"
        hpc_part waves; printf '%s\n' "$hpc_p"
        case $hpc_p in
        *pending*)
        @JOB@ ;;
        *)
          hpc_send=$(printf '%s\n' "$hpc_p" | while read -r hpc_k hpc_n hpc_c hpc_b hpc_m; do
            [ "$hpc_k" = wave ] || continue
            case "$hpc_n $hpc_c $hpc_b" in
        @KNOWN@    *) printf '%s.ndjson ' "$hpc_n" ;;
            esac
          done)
          [ -z "$hpc_send" ] || { hpc_part results; (cd "$hpc_w" && tar -cf - $hpc_send | $hpc_nice gzip -1); } ;;
        esac
        fi

        """;

    /// <summary>Adds it to a script in which <c>hpc_run</c> is the run's folder.</summary>
    /// <param name="text">The script.</param>
    /// <param name="view">The run.</param>
    /// <param name="known">The packs that this machine has.</param>
    /// <param name="job">The job that packs what is too much for a login node, or null if there can be none.</param>
    public static void Append(StringBuilder text, RunView view, IEnumerable<PackedWave> known, PackJob? job)
    {
        StringBuilder had = new();
        foreach (PackedWave wave in known)
            _ = had.Append(CultureInfo.InvariantCulture, $"    '{wave.Index} {wave.Crc} {wave.ByteCount}') ;;\n");
        string most = job?.MostOnLogin ?? "-";
        if (job is not null) _ = text.Append(job.Functions);
        _ = text.Append(Text
            .Replace("@TASKS@ @SIZE@ @LIMIT@ @MOST@ @TEMPLATE@ @AUDIT@", Arguments(view, most, view.WantsAudit), StringComparison.Ordinal)
            .Replace("@KNOWN@", had.ToString(), StringComparison.Ordinal)
            .Replace("@JOB@", job?.Render(Arguments(view, "-", isAudit: false)) ?? ":", StringComparison.Ordinal)
            .Replace("@SHELL@", ShellQuote.Always(NodeFiles.ReadScript(Name)), StringComparison.Ordinal)
            .Replace("@AWK@", ShellQuote.Always(NodeFiles.ReadScript(AwkName)), StringComparison.Ordinal));
    }

    private static string Arguments(RunView view, string most, bool isAudit) => string.Create(
        CultureInfo.InvariantCulture,
        $"{view.Run.TaskCount} {RunWaves.TasksPerWave} {MaxFileBytes} {most} {(string.IsNullOrEmpty(view.Sidecar?.ResultDirTemplate) ? 0 : 1)} {(isAudit ? 1 : 0)}");

    private static int MaxFileBytes => Aggregation.AggregationRequest.DefaultMaxRecordBytes;
}
