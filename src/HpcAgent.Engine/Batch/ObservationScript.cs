using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>The script of one look at runs: queue, accounting where the queue does not know an array any more, new bytes of event files, and results.</summary>
/// <remarks>
/// Parts: <c>clock</c>; <c>queue</c>; <c>accounting</c> and <c>pending</c> if they were asked; then for each run <c>run</c>; <c>gone</c> if its
/// folder is missing; <c>stopped</c>; for each event file <c>file</c> with its name and <c>delta</c>; those of <see cref="TailScript"/>; <c>results</c> and
/// <c>results-status</c>, or <c>nothing</c> if the run has no folder of results.
/// </remarks>
internal static class ObservationScript
{
    private const string Tail = """
        [ -d "$hpc_run" ] || { hpc_part gone; echo; }
        [ ! -e "$hpc_run/stopped" ] || { hpc_part stopped; echo; }
        for hpc_f in "$hpc_run"/events/*.log; do
          [ -f "$hpc_f" ] || continue
          hpc_n=${hpc_f##*/}; hpc_o=0
          case $hpc_n in
        @OFFSETS@
          esac
          [ "$(wc -c <"$hpc_f")" -gt "$hpc_o" ] || continue
          hpc_part file; printf '%s %s\n' "$hpc_o" "$hpc_n"
          hpc_part delta; tail -c "+$((hpc_o + 1))" "$hpc_f"
        @FAILURES@
        done

        """;

    private const string Metrics = """
        hpc_part results; { cd "$hpc_run/results" && find . -name '_wip_*' -prune -o -type f -name metrics.json -print | tar -czf - -T -; }; hpc_s=$?
        hpc_part results-status; echo "$hpc_s"

        """;

    private const string Files = """
        hpc_part results; { cd "$hpc_run/results" && tar -czf - --exclude='_wip_*' .; }; hpc_s=$?
        hpc_part results-status; echo "$hpc_s"

        """;

    private const string TaskFiles = """
        hpc_part tasks; { cd "$hpc_run/tasks" && tar -czf - .; }; hpc_s=$?
        hpc_part tasks-status; echo "$hpc_s"

        """;

    /// <summary>Adds the questions to the scheduler; they come first, so that what has left the queue has its events written by the time they are read.</summary>
    /// <param name="text">The script.</param>
    /// <param name="scheduler">The dialect.</param>
    /// <param name="jobIds">Arrays with tasks that have not ended as far as is known.</param>
    /// <param name="usageJobIds">Arrays that have ended and of which is not known what they used.</param>
    /// <param name="since">When the first of all was submitted.</param>
    /// <param name="asksAccounting">True to ask the accounting in any case, and not only where an array has left the queue.</param>
    /// <param name="waiting">Arrays of which is asked why they wait.</param>
    public static void AppendQueries(
        StringBuilder text,
        IScheduler scheduler,
        IReadOnlyList<string> jobIds,
        IReadOnlyList<string> usageJobIds,
        DateTimeOffset since,
        bool asksAccounting,
        IReadOnlyList<string> waiting)
    {
        if (jobIds.Count == 0)
        {
            _ = text.Append("hpc_part accounting; ").Append(scheduler.AccountingQuery(usageJobIds, since)).Append('\n');
            return;
        }
        _ = text.Append("hpc_q=$(").Append(scheduler.QueueQuery).Append("); hpc_s=$?\n");
        _ = text.Append("hpc_part queue; printf '%s\\n' \"$hpc_q\"\nhpc_gone=").Append(asksAccounting ? "1" : "").Append('\n');
        _ = text.Append("[ \"$hpc_s\" != 0 ] || for hpc_j in ").Append(string.Join(' ', jobIds.Select(ShellQuote.WhereNeeded))).Append("; do\n")
            .Append("  case \" $hpc_q \" in *[!0-9]\"$hpc_j\"[!0-9]*) ;; *) hpc_gone=1 ;; esac\ndone\n");
        _ = text.Append("if [ -n \"$hpc_gone\" ]; then\nhpc_part accounting; ").Append(scheduler.AccountingQuery([.. jobIds, .. usageJobIds], since)).Append('\n');
        // A scheduler that does not answer is not asked for what can wait.
        if (usageJobIds.Count > 0)
            _ = text.Append("elif [ \"$hpc_s\" = 0 ]; then\nhpc_part accounting; ").Append(scheduler.AccountingQuery(usageJobIds, since)).Append('\n');
        _ = text.Append("fi\n");
        if (waiting.Count > 0) _ = text.Append("hpc_part pending; (").Append(scheduler.PendingQuery(waiting)).Append("); :\n");
    }

    /// <summary>Adds the questions about one run.</summary>
    /// <param name="text">The script.</param>
    /// <param name="paths">Where the run lies.</param>
    /// <param name="offsets">How far each event file was read.</param>
    /// <param name="results">The results wanted.</param>
    /// <param name="needsTasks">True if the task table is wanted too.</param>
    /// <param name="tails">Logs of failed tasks whose ends are wanted, as <c>task.attempt</c>; those of new failures come too.</param>
    /// <param name="mostTails">How many of them at most.</param>
    public static void AppendRun(
        StringBuilder text,
        RemotePaths paths,
        IReadOnlyDictionary<string, long> offsets,
        ResultSelection? results,
        bool needsTasks,
        IEnumerable<string> tails,
        int mostTails)
    {
        _ = text.Append("hpc_run=").Append(ShellQuote.Always(paths.Run)).Append('\n');
        _ = text.Append("hpc_part run; echo\n");
        TailScript.AppendWanted(text, tails);
        StringBuilder known = new();
        foreach ((string name, long offset) in offsets)
            _ = known.Append(CultureInfo.InvariantCulture, $"  {ShellQuote.Always(name)}) hpc_o={offset} ;;\n");
        _ = text.Append(Tail.Replace("@OFFSETS@\n", known.ToString(), StringComparison.Ordinal).Replace("@FAILURES@\n", TailScript.Note, StringComparison.Ordinal));
        TailScript.AppendPrint(text, mostTails);
        if (results is ResultSelection.Metrics or ResultSelection.Files)
            _ = text.Append(CultureInfo.InvariantCulture, $"if [ -d \"$hpc_run\" ] && [ ! -d \"$hpc_run/results\" ]; then hpc_part nothing; echo; else\n{(results == ResultSelection.Metrics ? Metrics : Files)}fi\n");
        if (needsTasks) _ = text.Append(TaskFiles);
    }
}
