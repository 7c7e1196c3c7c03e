using System.Globalization;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>sacct.</summary>
internal static class SlurmAccounting
{
    /// <remarks>
    /// -D shows the earlier attempts of requeued elements; times come as seconds, so that the newest can be told in any time zone. Steps are
    /// wanted for their memory.
    /// </remarks>
    public static string Query(IReadOnlyList<string> jobIds, DateTimeOffset since)
    {
        if (jobIds.Count == 0) return QueryText.Framed(":");
        string ids = string.Join(',', jobIds.Select(SubmissionCheck.RequireJobId));
        return QueryText.Framed(
            "SLURM_BITSTR_LEN=0; SLURM_TIME_FORMAT=%s; export SLURM_BITSTR_LEN SLURM_TIME_FORMAT; " + Start(since) + QueryText.Bounded
            + $"""sacct -n -P -D --delimiter="$(printf '\037')" -S "now-$hpc_days"days -j {ids} -o {SlurmFields.Columns}""");
    }

    /// <remarks>squeue shows ended jobs too (-t all) for as long as slurmctld remembers them, since a job comes into the accounting only after
    /// some seconds. The status is not 0 if one of the two could not be asked: then that nothing was found proves nothing.</remarks>
    public static string FindByName(string jobName, DateTimeOffset since)
    {
        string name = ShellQuote.Always(jobName);
        return $$"""
            (
              {{Start(since)}}hpc_status=0
              hpc_queued=$({{QueryText.Bounded}}squeue -h -t all -u "$(id -un)" -n {{name}} -o %F) || hpc_status=1
              hpc_booked=$({{QueryText.Bounded}}sacct -n -P -X -D -S "now-$hpc_days"days -u "$(id -un)" --name={{name}} -o JobID) || hpc_status=1
              printf '%s\n' "$hpc_queued" "$hpc_booked" | sed -n 's/^\([0-9][0-9]*\).*/\1/p' | sort -u
              exit "$hpc_status"
            )
            """.ReplaceLineEndings("\n");
    }

    // sacct's own start is midnight. "now-Ndays" is in the cluster's clock and zone whatever they are, and needs no date that can calculate.
    private static string Start(DateTimeOffset since) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""hpc_days=$(date +%s); case $hpc_days in *[!0-9]*|'') hpc_days=60 ;; *) hpc_days=$(( (hpc_days - {{since.ToUnixTimeSeconds()}}) / 86400 + 2 )) ;; esac; [ "$hpc_days" -gt 1 ] || hpc_days=2; """);
}
