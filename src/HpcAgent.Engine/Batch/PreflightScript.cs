using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>The script that looks at everything on a cluster in one execution. It leaves nothing there.</summary>
/// <remarks>
/// Parts: <c>clock</c>, <c>home</c>, <c>shell</c>, <c>path</c>, <c>missing</c> (programs), <c>timeout</c>, <c>scheduler-missing</c>,
/// <c>scratch</c> (<c>ok</c> or <c>no</c> and the folder, then what the system said), those of <see cref="RoomScript"/>; then <c>queue</c>,
/// <c>accounting</c> and <c>limits</c>, each followed by its name with <c>-end</c>: exit status and whole seconds. What cannot be asked is not there.
/// </remarks>
internal static class PreflightScript
{
    /// <summary>Programs that scripts here and on nodes use, beside those of the scheduler.</summary>
    public static IReadOnlyList<string> Programs { get; } =
        ["awk", "cat", "cksum", "cut", "date", "dd", "find", "gzip", "head", "id", "mkdir", "mktemp", "mv", "rm", "rmdir", "sed", "sleep", "sort", "tail", "tar", "tr", "uname", "wc"];

    private const string Text = """
        hpc_part clock; date +%s
        hpc_part home; printf '%s\n' "$HOME"
        hpc_part shell; printf '%s\n' "${SHELL-}"
        hpc_part path; printf '%s\n' "$PATH"
        hpc_part missing; for hpc_p in @PROGRAMS@; do command -v "$hpc_p" >/dev/null 2>&1 || printf '%s\n' "$hpc_p"; done
        hpc_part timeout; command -v timeout 2>/dev/null
        hpc_part scheduler-missing; hpc_none=; for hpc_p in @SCHEDULER@; do command -v "$hpc_p" >/dev/null 2>&1 || { hpc_none=1; printf '%s\n' "$hpc_p"; }; done
        @FIND@
        hpc_try=$hpc_near/.hpc-check-$$
        hpc_said=$( { mkdir "$hpc_try" && printf 'x\n' >"$hpc_try/file" && [ -s "$hpc_try/file" ]; } 2>&1) && hpc_ok=ok || hpc_ok=no
        rm -rf "$hpc_try"
        hpc_part scratch; printf '%s\n%s\n%s\n%s\n' "$hpc_ok" "$hpc_scratch" "$hpc_near" "$hpc_said"
        @ROOM@
        hpc_ask() {
          hpc_began=$(date +%s); hpc_said=$(eval "$2" 2>&1); hpc_status=$?
          hpc_part "$1"; printf '%s\n' "$hpc_said"
          hpc_part "$1-end"; printf '%s %s\n' "$hpc_status" "$(( $(date +%s) - hpc_began ))"
          return "$hpc_status"
        }
        # A scheduler that does not answer is not asked three times.
        [ -n "$hpc_none" ] || { hpc_ask queue @QUEUE@ && { hpc_ask accounting @ACCOUNTING@; hpc_ask limits @LIMITS@; }; }
        exit 0

        """;

    /// <summary>Renders the script.</summary>
    /// <param name="scheduler">The dialect.</param>
    /// <param name="scratch">The folder below which runs are to live; may begin with <c>~/</c>.</param>
    /// <param name="now">The time.</param>
    public static string Render(IScheduler scheduler, string scratch, DateTimeOffset now) => Text
        .Replace("@PROGRAMS@", string.Join(' ', Programs), StringComparison.Ordinal)
        .Replace("@SCHEDULER@", string.Join(' ', scheduler.Programs), StringComparison.Ordinal)
        .Replace("@ROOM@", RoomScript.Ask, StringComparison.Ordinal)
        .Replace("@QUEUE@", ShellQuote.Always(scheduler.QueueQuery), StringComparison.Ordinal)
        .Replace("@ACCOUNTING@", ShellQuote.Always(scheduler.FindByNameQuery("hpc-preflight", now)), StringComparison.Ordinal)
        .Replace("@LIMITS@", ShellQuote.Always(scheduler.LimitsQuery), StringComparison.Ordinal)
        .Replace("@FIND@", RoomScript.Find(scratch), StringComparison.Ordinal);
}
