using System.Globalization;
using System.Text;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The script that sends result files which are new or have changed. It reads from its input, compressed, a line <c>bytes seconds ./path</c> for each
/// file that the client has, makes the same lines of what is there, and sends the files of lines that are only here, until a number of bytes.
/// </summary>
/// <remarks>
/// Parts: <c>tasks</c> and <c>tasks-status</c> if the table is wanted; <c>lacks</c>, the programs that are missing, and then nothing else; <c>nothing</c> if
/// there is no folder of results; <c>odd</c>, how many files have names that cannot travel; <c>counts</c>: files and
/// bytes that are new, and how many of them come now; <c>sums</c>: the checksum of each; <c>results</c>; <c>results-status</c>.
/// </remarks>
internal static class FetchScript
{
    // Names with control characters would break lines, and tar reads backslashes in a list as escapes.
    private const string Body = """
        LC_ALL=C; export LC_ALL
        hpc_t=$(mktemp -d "${TMPDIR:-/tmp}/hpc-fetch.XXXXXX") || { cat >/dev/null; exit 4; }
        trap 'rm -rf "$hpc_t"' EXIT
        gzip -dc >"$hpc_t/sent" || exit 5
        # POSIX does not ask for all of this, and not every busybox has it.
        hpc_l=; for hpc_p in find sort awk tr; do command -v "$hpc_p" >/dev/null 2>&1 || hpc_l="$hpc_l, $hpc_p"; done
        stat -c '%s %Y %n' . >/dev/null 2>&1 || hpc_l="$hpc_l, stat -c"
        comm -23 /dev/null /dev/null >/dev/null 2>&1 || hpc_l="$hpc_l, comm"
        printf '.\0' | xargs -0 ls -d >/dev/null 2>&1 || hpc_l="$hpc_l, xargs -0"
        cksum </dev/null >/dev/null 2>&1 || hpc_l="$hpc_l, cksum"
        (cd "$hpc_t" && echo sent >names && tar -czf - -T names) >/dev/null 2>&1 || hpc_l="$hpc_l, tar -T"
        [ -z "$hpc_l" ] || { hpc_part lacks; echo "${hpc_l#, }"; exit 0; }
        [ ! -d "$hpc_run" ] || [ -d "$hpc_run/results" ] || { hpc_part nothing; echo; exit 0; }
        cd "$hpc_run/results" || exit 3
        hpc_part odd; find . -name '_wip_*' -prune -o -type f -path '*[[:cntrl:]\\]*' -exec printf x \; | wc -c
        find . -name '_wip_*' -prune -o -type f ! -path '*[[:cntrl:]\\]*' @PATTERNS@ -exec stat -c '%s %Y %n' {} + >"$hpc_t/all"
        sort "$hpc_t/sent" >"$hpc_t/known"
        : >"$hpc_t/names"
        hpc_part counts; sort "$hpc_t/all" | comm -23 - "$hpc_t/known" | awk -v most=@MOST@ -v names="$hpc_t/names" '
          { count++; total += $1
            if (!full && (taken == 0 || sum + $1 <= most)) { sum += $1; taken++; sub(/^[0-9]+ -?[0-9]+ /, ""); print > names } else full = 1 }
          END { printf "%d %.0f %d\n", count, total, taken }'
        [ -s "$hpc_t/names" ] || exit 0
        hpc_part sums; tr '\n' '\0' <"$hpc_t/names" | xargs -0 cksum
        hpc_part results; tar -czf - -T "$hpc_t/names"; hpc_s=$?
        hpc_part results-status; echo "$hpc_s"
        exit 0

        """;

    private const string Table = """
        hpc_part tasks; { cd "$hpc_run/tasks" && tar -czf - .; }; hpc_s=$?
        hpc_part tasks-status; echo "$hpc_s"

        """;

    /// <summary>Writes the script.</summary>
    /// <param name="paths">Where the run lies.</param>
    /// <param name="needsTasks">True if the task table is wanted too.</param>
    /// <param name="patterns">Patterns of names, or of paths below a task's folder; none for all.</param>
    /// <param name="mostBytes">How many bytes may come.</param>
    public static string Render(RemotePaths paths, bool needsTasks, IReadOnlyList<string> patterns, long mostBytes) =>
        $"hpc_run={ShellQuote.Always(paths.Run)}\n{(needsTasks ? Table : "")}"
        + Body.Replace("@PATTERNS@", Patterns(patterns), StringComparison.Ordinal).Replace("@MOST@", mostBytes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    // What matches too much is sorted out by the client.
    private static string Patterns(IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0) return "";
        StringBuilder text = new("\\(");
        for (int i = 0; i < patterns.Count; i++)
        {
            string plain = patterns[i].Replace('[', '?').Replace(']', '?').Replace('\\', '?');
            _ = text.Append(i == 0 ? " " : " -o ")
                .Append(plain.Contains('/', StringComparison.Ordinal) ? "-path " + ShellQuote.Always("./*" + plain) : "-name " + ShellQuote.Always(plain));
        }
        return text.Append(" \\)").ToString();
    }
}
