namespace HpcAgent.Engine.Schedulers;

/// <summary>Shell text that ends arrays one after the other; several in one call would end in no certain order.</summary>
internal static class CancelText
{
    /// <summary>Renders it. Its status is not 0 if one could not be ended for another reason than that it is gone.</summary>
    /// <param name="program">The program.</param>
    /// <param name="gone">An extended regular expression: what it says of jobs that are unknown or have ended.</param>
    /// <param name="jobIds">The arrays.</param>
    public static string Render(string program, string gone, IReadOnlyList<string> jobIds)
    {
        if (jobIds.Count == 0) return ":";
        string ids = string.Join(' ', jobIds.Select(SubmissionCheck.RequireJobId));
        return $$"""
            (
              hpc_status=0
              for hpc_id in {{ids}}; do
                hpc_said=$({{QueryText.Bounded}}{{program}} "$hpc_id" 2>&1) && continue
                printf '%s\n' "$hpc_said" | grep -Eq '{{gone}}' && continue
                printf '%s\n' "$hpc_said"
                hpc_status=1
              done
              exit "$hpc_status"
            )
            """.ReplaceLineEndings("\n");
    }
}
