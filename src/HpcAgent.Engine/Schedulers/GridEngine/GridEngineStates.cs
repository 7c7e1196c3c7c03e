namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>Grid Engine's letters for the states of jobs (man qstat): each word is a set of them.</summary>
internal static class GridEngineStates
{
    /// <summary>The state, and why in words where the letters alone hide it.</summary>
    /// <param name="letters">Such as <c>qw</c>, <c>hqw</c>, <c>Eqw</c>, <c>r</c>, <c>t</c>, <c>Rr</c>, <c>dr</c>, <c>S</c>.</param>
    /// <param name="predecessors">The jobs that it waits for, or null.</param>
    public static (TaskState State, string? Reason) Of(string letters, string? predecessors)
    {
        if (Has(letters, 'E')) return (TaskState.Held, "error state: qstat -j tells why, qmod -cj clears it");
        if (Has(letters, 'd')) return (TaskState.Running, "being deleted");
        if (Has(letters, 'r') || Has(letters, 't'))
            return (TaskState.Running, Has(letters, 's') || Has(letters, 'S') || Has(letters, 'T') ? "suspended" : null);
        if (Has(letters, 's') || Has(letters, 'S') || Has(letters, 'T') || Has(letters, 'N') || Has(letters, 'P')) return (TaskState.Running, "suspended");
        if (Has(letters, 'h')) return predecessors is null ? (TaskState.Held, "held") : (TaskState.Pending, "waits for " + predecessors);
        if (Has(letters, 'q') || Has(letters, 'w')) return (TaskState.Pending, Has(letters, 'R') ? "rescheduled" : null);
        return (TaskState.Unknown, null);
    }

    private static bool Has(string letters, char letter) => letters.Contains(letter, StringComparison.Ordinal);
}
