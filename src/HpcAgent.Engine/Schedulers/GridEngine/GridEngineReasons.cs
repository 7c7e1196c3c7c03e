namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>Why Grid Engine does not start a job, from its state letters and the lines of <c>scheduling info</c>.</summary>
internal static class GridEngineReasons
{
    private const string Wait = "Nothing is wrong: it starts by itself.";
    private const string Never = "If no host can ever offer that, it never starts: 'qalter -w v {job}' says so. Ask for less, and submit again.";

    // Words of a line, its meaning, what would change it. The first that fits counts.
    private static readonly (string Words, string Explanation, string Remedy)[] s_lines =
    [
        ("is turned off", "the site does not note why jobs wait", "Ask for this one by hand on the cluster: qalter -w p {job}"),
        ("max_aj_instances", "as many elements of its array run as the site allows at once", Wait),
        ("exceeds limit", "a resource quota of the site is used up", $"{Wait} qquota shows the quotas; what others of yours do counts too."),
        ("user limitations", "you have as many jobs as the site lets one user run", Wait),
        ("job dependencies", "it waits for another job to end", "It starts by itself when that one has ended; look how that one is."),
        ("cannot run in PE", "its parallel environment offers too few slots", Never),
        ("because it offers only", "no host offers now what it asks for", Never),
        ("hard queue list", "it asks for a queue that cannot take it", "Correct 'queue' in clusters.yaml, or -Resource @{queue='...'}."),
        ("has no permission", "you may not use the queue, project or host that it asks for", "Choose another one in clusters.yaml, or ask the site."),
        ("is full", "all slots are taken", Wait),
        ("overloaded", "the hosts are overloaded", Wait),
        ("disabled", "its queue is disabled", "Wait for the site, or submit to another queue."),
        ("suspended", "its queue is suspended", "Wait for the site, or submit to another queue."),
        ("unknown", "the hosts of its queue do not answer", "Wait for the site, or submit to another queue."),
        ("is not available", "the hosts of its queue are not available", "Wait for the site, or submit to another queue."),
    ];

    /// <summary>The cause of one row of the queue.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="detail">What else is known of the job.</param>
    public static PendingCause Explain(QueueEntry entry, PendingDetail? detail)
    {
        string letters = entry.RawState;
        if (letters.Contains('E', StringComparison.Ordinal)) return Error(entry, detail);
        string? dependency = detail?.Dependency ?? (entry.Reason?.StartsWith("waits for ", StringComparison.Ordinal) == true ? entry.Reason["waits for ".Length..] : null);
        if (letters.Contains('h', StringComparison.Ordinal))
        {
            return dependency is not null
                ? new(letters, $"it waits for job {dependency} to end", $"It starts by itself when that one has ended. If that one is in error or held, this one waits as long: qstat -j {dependency}", false)
                : new(letters, "it is held, by you or by an operator", $"Release a hold of your own: qrls {entry.JobId}. One of an operator only they can release.", true);
        }
        return Waiting(entry, detail?.Notes ?? []);
    }

    private static PendingCause Error(QueueEntry entry, PendingDetail? detail)
    {
        string said = detail is { Errors.Count: > 0 } ? $": {string.Join("; ", detail.Errors)}" : "; qstat -j tells why";
        return new(entry.RawState, $"it is in error state and is not started again{said}", $"Mend what it names, then put it back into the queue: qmod -cj {entry.JobId}", true);
    }

    private static PendingCause Waiting(QueueEntry entry, IReadOnlyList<string> notes)
    {
        foreach (string note in notes)
        {
            // Of many hosts each has its line; the first that is understood stands for them.
            foreach ((string words, string explanation, string remedy) in s_lines)
            {
                if (note.Contains(words, StringComparison.Ordinal))
                    return new(note, $"{explanation} ({note})", remedy.Replace("{job}", entry.JobId, StringComparison.Ordinal));
            }
        }
        return notes.Count > 0
            ? new(notes[0], $"the scheduler says: {notes[0]}", $"'qalter -w p {entry.JobId}' on the cluster says more.")
            : new(entry.RawState, "it waits for its turn: no slot that fits was free at the last scheduling run", $"{Wait} If it stays so, 'qalter -w p {entry.JobId}' on the cluster says why.");
    }
}
