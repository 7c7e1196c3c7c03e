using System.Globalization;
using System.Text;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The part of a look that brings the ends of logs: of the tasks that the client names, and of those whose end event is new in this very look. However
/// many there are, it costs a handful of processes on the cluster.
/// </summary>
/// <remarks>
/// Parts: <c>tail-list</c> with the files that were looked for, a line each; <c>tail-sizes</c> with what <c>wc -c</c> says of them; <c>tails</c>, what
/// <c>tail</c> prints of several files, compressed. A file that does not exist is in the list only.
/// </remarks>
internal static class TailScript
{
    /// <summary>Adds to hpc_e the failures in the bytes of the event file hpc_f from hpc_o on, as <c>task.attempt</c>.</summary>
    public const string Note =
        """
          hpc_e="$hpc_e $(tail -c "+$((hpc_o + 1))" "$hpc_f" | LC_ALL=C awk '
            $3 == "end" && $6 ~ /^state=(failed|timeout|out_of_memory|node_failure|lost)$/ && $NF ~ /^#[0-9]+$/ && ($4 $5) ~ /^[0-9]+$/ { print $4 "." $5 }')"

        """;

    // More than one file makes tail write headers without an option that not all have.
    private const string Print = """
        hpc_e=$(printf '%s\n' $hpc_e | LC_ALL=C awk -F. 'NF == 2 && !seen[$0]++ && n++ < @MOST@ { printf "logs/%d/%s.log\n", int($1 / 1000), $0 }')
        if [ -n "$hpc_e" ] && cd "$hpc_run" 2>/dev/null; then
          hpc_part tail-list; printf '%s\n' "$hpc_e"
          hpc_part tail-sizes; printf '%s\n' "$hpc_e" | xargs wc -c 2>/dev/null
          hpc_part tails; printf '%s\n' "$hpc_e" | xargs tail -c @BYTES@ /dev/null 2>/dev/null | gzip -c
        fi

        """;

    /// <summary>Begins the list with the logs that the client names.</summary>
    public static void AppendWanted(StringBuilder text, IEnumerable<string> wanted) =>
        _ = text.Append("hpc_e='").AppendJoin(' ', wanted).Append("'\n");

    /// <summary>Prints them.</summary>
    /// <param name="text">The script.</param>
    /// <param name="most">How many at most.</param>
    public static void AppendPrint(StringBuilder text, int most) => _ = text.Append(Print
        .Replace("@MOST@", most.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@BYTES@", TaskTail.MaxBytes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
