using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>qacct: it reads the whole accounting file for every job, so it is asked only for arrays that need it.</summary>
internal static class GridEngineAccounting
{
    // qacct answers 1 for a job that it does not know (or not yet), which is no failure here.
    private const string Unknown = "^error: (job (id|name) .* not found|Job-array tasks .* not found)";

    // A record has fifty lines, of which a dozen are read.
    private const string Useless = "^(qname|group|owner|project|department|jobname|account|priority|end_time|granted_pe|slots|ru_[a-vx-z][a-z]*|ru_inblock|mem|io|iow|arid|ar_sub_time) ";

    public static string Query(IReadOnlyList<string> jobIds)
    {
        if (jobIds.Count == 0) return QueryText.Framed(":");
        string ids = string.Join(' ', jobIds.Select(SubmissionCheck.RequireJobId));
        return QueryText.Framed(
            $$"""hpc_worst=0; for hpc_id in {{ids}}; do hpc_said=$({{QueryText.Bounded}}qacct -j "$hpc_id" 2>&1) || { printf '%s\n' "$hpc_said" | grep -Eq '{{Unknown}}' && continue; hpc_worst=1; }; printf '%s\n' "$hpc_said" | grep -Ev '{{Useless}}'; done; (exit "$hpc_worst")""");
    }

    public static IReadOnlyList<AccountingEntry> Parse(ReadOnlySpan<byte> output)
    {
        GridEngineAccountingReader reader = new();
        while (!output.IsEmpty)
        {
            int end = output.IndexOf((byte)'\n');
            reader.Read((end < 0 ? output : output[..end]).TrimEnd(" \r"u8));
            output = end < 0 ? default : output[(end + 1)..];
        }
        return reader.Finish();
    }

    /// <remarks>In the queue by the whole name, which only XML gives. The status is not 0 if one of the two could not be asked.</remarks>
    public static string FindByName(string jobName)
    {
        string name = ShellQuote.Always(jobName);
        return $$"""
            (
              hpc_status=0
              hpc_queued=$({{QueryText.Bounded}}qstat -u "$(id -un)" -xml 2>&1) || hpc_status=1
              hpc_booked=$({{QueryText.Bounded}}qacct -j {{name}} 2>&1) || { printf '%s\n' "$hpc_booked" | grep -Eq '{{Unknown}}' || hpc_status=1; }
              {
                printf '%s\n' "$hpc_queued" | awk -F '[<>]' -v name={{name}} '$2 == "JB_job_number" { id = $3 } $2 == "JB_name" && $3 == name { print id }'
                printf '%s\n' "$hpc_booked" | awk -v name={{name}} '$1 == "jobname" { found = $2 == name } $1 == "jobnumber" && found { print $2 }'
              } | sort -u
              [ "$hpc_status" = 0 ] || printf '%s\n' "$hpc_queued" "$hpc_booked" | grep -i error >&2
              exit "$hpc_status"
            )
            """.ReplaceLineEndings("\n");
    }
}
