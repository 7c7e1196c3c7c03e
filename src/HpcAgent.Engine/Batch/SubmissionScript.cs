using System.Globalization;
using System.Text;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The script that takes a run in and submits its arrays, in one execution (design, sections 6 and 7). Done again after any crash, on
/// either side, it goes on where it ended: the run's folder appears by one rename, and each array is claimed by <c>mkdir</c> before it is
/// submitted, so that of two scripts at once only one submits it.
/// </summary>
/// <remarks>
/// Parts of the answer: <c>failed</c> with a reason if nothing could be done; <c>need</c> if the code is not there and was not sent;
/// <c>array</c> for each array that was reached: a line <c>INDEX known|submitted|refused|unverified ID STATUS</c>, then the scheduler's words.
/// The script stops at the first array that is neither known nor submitted.
/// </remarks>
internal static class SubmissionScript
{
    /// <summary>How long a scheduler's command may take before it counts as unanswered, in seconds.</summary>
    private const int CommandSeconds = 90;

    private const string Functions = """
        hpc_fail() { cat >/dev/null; [ -z "${hpc_in-}" ] || rm -rf "$hpc_in"; hpc_part failed; printf '%s\n' "$1"; exit 9; }
        hpc_bounded() { if command -v timeout >/dev/null 2>&1; then timeout @SECONDS@ /bin/sh -c "$1"; else /bin/sh -c "$1"; fi; }
        hpc_report() { hpc_part array; printf '%s %s %s %s\n' "$1" "$2" "${3:--}" "${4:-0}"; [ -z "${5-}" ] || printf '%s\n' "$5"; }
        hpc_keep() { printf '%s\n' "$2" >"$1/.id.$$" && mv -f "$1/.id.$$" "$1/id"; }
        hpc_owner_lives() { read -r hpc_h hpc_p <"$1/owner" 2>/dev/null || return 1; [ "$hpc_h" != "$(uname -n)" ] || kill -0 "$hpc_p" 2>/dev/null; }
        # hpc_programs NAME...: what is needed here is here.
        hpc_programs() {
          hpc_missing=; for hpc_p in "$@"; do command -v "$hpc_p" >/dev/null 2>&1 || hpc_missing="$hpc_missing $hpc_p"; done
          [ -z "$hpc_missing" ] || hpc_fail "programs:$hpc_missing are not on the PATH of a non-interactive shell: $PATH"
        }
        # hpc_receive TOKEN CRC BYTES: the payload, checked and unpacked, in the folder $hpc_in beside the runs.
        hpc_receive() {
          hpc_in=$hpc_runs/.in-$1-$$
          hpc_m=$(mkdir "$hpc_in" 2>&1) || hpc_fail "folder: $hpc_m"
          hpc_m=$( { cat >"$hpc_in/payload"; } 2>&1) || hpc_fail "disk: $hpc_m"
          hpc_sum=$(cksum <"$hpc_in/payload")
          [ "$hpc_sum" = "$2 $3" ] || hpc_fail "damaged: $hpc_sum arrived in place of $2 $3"
          hpc_m=$( { cd "$hpc_in" && tar -xzf payload; } 2>&1) || hpc_fail "disk: $hpc_m"
          rm -f "$hpc_in/payload"
        }
        # hpc_find QUERY: the one id that the scheduler knows under this name; fails if it cannot be asked.
        hpc_find() { hpc_ids=$(/bin/sh -c "$1" 2>/dev/null) || return 1; hpc_ids=$(printf '%s\n' "$hpc_ids" | sed -n 's/^[ ]*\([0-9][0-9]*\).*$/\1/p' | sort -u); [ -n "$hpc_ids" ] || return 0; hpc_ids=$(printf '%s\n' "$hpc_ids" | head -n 1); }
        # hpc_send INDEX FOLDER COMMAND QUERY
        hpc_send() {
          printf '%s %s\n' "$(uname -n)" "$$" >"$2/owner"
          hpc_out=$(hpc_bounded "$3" 2>&1); hpc_rc=$?
          hpc_new=$(printf '%s\n' "$hpc_out" | @ID@)
          if [ "$hpc_rc" = 0 ] && [ -n "$hpc_new" ]; then hpc_keep "$2" "$hpc_new"; hpc_report "$1" submitted "$hpc_new"; return 0; fi
          case $hpc_rc:$hpc_out in
          0:*|124:*) hpc_verdict=doubtful ;;
        @VERDICTS@
          *) hpc_verdict=refused ;;
          esac
          hpc_ids=
          # What was never sent need not be looked for.
          if [ "$hpc_verdict" = unsent ] || { sleep 1; hpc_find "$4"; }; then
            if [ -n "$hpc_ids" ]; then hpc_keep "$2" "$hpc_ids"; hpc_report "$1" submitted "$hpc_ids"; return 0; fi
            if [ "$hpc_verdict" != doubtful ]; then rm -rf "$2"; hpc_report "$1" refused - "$hpc_rc" "$hpc_out"; return 1; fi
          fi
          hpc_report "$1" unverified - "$hpc_rc" "$hpc_out"; return 1
        }
        # hpc_array INDEX TOKEN COMMAND QUERY
        hpc_array() {
          hpc_d=$hpc_run/submit/$2
          if [ -s "$hpc_d/id" ]; then hpc_report "$1" known "$(cat "$hpc_d/id")"; return 0; fi
          if mkdir "$hpc_d" 2>/dev/null; then hpc_send "$1" "$hpc_d" "$3" "$4"; return; fi
          # Claimed by another script, which may be at it, or may have died at any point.
          hpc_n=0
          while [ ! -s "$hpc_d/id" ] && [ "$hpc_n" -lt @SECONDS@ ]; do
            sleep 1; hpc_n=$((hpc_n + 1))
            [ "$hpc_n" -lt 5 ] || hpc_owner_lives "$hpc_d" || break
          done
          if [ -s "$hpc_d/id" ]; then hpc_report "$1" known "$(cat "$hpc_d/id")"; return 0; fi
          hpc_ids=
          if hpc_find "$4"; then
            if [ -n "$hpc_ids" ]; then hpc_keep "$hpc_d" "$hpc_ids"; hpc_report "$1" submitted "$hpc_ids"; return 0; fi
            # Neither queue nor accounting knows it, and accounting had ten minutes: it did not get in.
            if [ -n "$(find "$hpc_d" -prune -mmin +10 2>/dev/null)" ] && mv "$hpc_d" "$hpc_d.lost.$$" 2>/dev/null && mkdir "$hpc_d" 2>/dev/null; then
              hpc_send "$1" "$hpc_d" "$3" "$4"; return
            fi
          fi
          hpc_report "$1" unverified - 0 "an earlier submission was interrupted, and the scheduler does not know its job"; return 1
        }

        """;

    private const string TakeIn = """
        hpc_programs @PROGRAMS@
        if [ -e "$hpc_run/stopped" ]; then hpc_fail 'stopped: the run was stopped'; fi
        if [ ! -d "$hpc_run" ]; then
          hpc_m=$( { mkdir -p "$hpc_runs" && mkdir -p "$hpc_snapshots"; } 2>&1) || hpc_fail "folder: $hpc_m"
          hpc_receive @TOKEN@ @CRC@ @BYTES@
          if [ -d "$hpc_in/code" ] && [ ! -d "$hpc_code" ]; then
            mv "$hpc_in/code" "$hpc_in/code-@TOKEN@-$$" && mv "$hpc_in/code-@TOKEN@-$$" "$hpc_code" || hpc_fail "folder: the code cannot be moved to $hpc_code"
            # Another script was faster: the move went into its folder.
            if [ -d "$hpc_code/code-@TOKEN@-$$" ]; then rm -rf "$hpc_code/code-@TOKEN@-$$"; fi
          fi
          if [ ! -d "$hpc_code" ]; then rm -rf "$hpc_in"; hpc_part need; echo code; exit 0; fi
          mkdir -p "$hpc_code.runs" && : >"$hpc_code.runs/$hpc_id" || hpc_fail "folder: $hpc_code.runs cannot be written"
          mv "$hpc_in/run" "$hpc_in/run-@TOKEN@-$$" || hpc_fail "folder: the run's folder was not sent"
          if [ ! -d "$hpc_run" ]; then mv "$hpc_in/run-@TOKEN@-$$" "$hpc_run" || hpc_fail "folder: the run cannot be moved to $hpc_run"; fi
          if [ -d "$hpc_run/run-@TOKEN@-$$" ]; then rm -rf "$hpc_run/run-@TOKEN@-$$"; fi
          rm -rf "$hpc_in"
          # What scripts that were killed have left.
          find "$hpc_runs" -name '.in-*' -prune -mmin +1440 -exec rm -rf {} + 2>/dev/null
        else
          cat >/dev/null
        fi
        # A second computer with the same run id has tokens of its own: its arrays would be submitted beside those that are there.
        grep -q '@TOKEN@' "$hpc_run/arrays/0.conf" 2>/dev/null || hpc_fail "another: $hpc_run"

        """;

    private const string TakeInMore = """
        hpc_programs @PROGRAMS@
        [ -d "$hpc_run/arrays" ] || hpc_fail "gone: $hpc_run"
        if [ ! -e "$hpc_run/arrays/@INDEX@.conf" ]; then
          hpc_receive @TOKEN@ @CRC@ @BYTES@
          # Its settings last: where they are, all of it is.
          for hpc_f in "$hpc_in"/run/arrays/*; do
            case $hpc_f in */@INDEX@.conf) ;; *) mv -f "$hpc_f" "$hpc_run/arrays/" || hpc_fail "folder: $hpc_run/arrays cannot be written" ;; esac
          done
          mv -f "$hpc_in/run/arrays/@INDEX@.conf" "$hpc_run/arrays/" || hpc_fail "folder: $hpc_run/arrays cannot be written"
          rm -rf "$hpc_in"
        else
          cat >/dev/null
        fi
        grep -q '@TOKEN@' "$hpc_run/arrays/@INDEX@.conf" 2>/dev/null || hpc_fail "another: $hpc_run"
        # Who resumes a run that was stopped means it to go on.
        rm -f "$hpc_run/stopped"

        """;

    /// <summary>Renders the script.</summary>
    /// <param name="paths">Where the run is to lie.</param>
    /// <param name="codeDigest">The code that it needs.</param>
    /// <param name="payload">Checksum and length of the payload.</param>
    /// <param name="scheduler">The dialect.</param>
    /// <param name="arrays">The arrays in their order, with the token of each and of the array that it waits for.</param>
    /// <param name="afterJobs">Ids of jobs that must have ended before the first arrays start.</param>
    /// <param name="since">When the run was begun.</param>
    public static string Render(
        RemotePaths paths,
        string codeDigest,
        (uint Crc, long Bytes) payload,
        IScheduler scheduler,
        IReadOnlyList<ArrayInScript> arrays,
        IReadOnlyList<string> afterJobs,
        DateTimeOffset since)
    {
        StringBuilder text = Begin(paths, scheduler);
        Assign(text, "hpc_code", paths.Snapshot(codeDigest));
        _ = text.Append(Of(TakeIn, scheduler, arrays[0], payload));
        AppendArrays(text, scheduler, arrays, afterJobs, since);
        return text.ToString();
    }

    /// <summary>Renders the script of a resumption: further arrays of a run that is there.</summary>
    /// <param name="paths">Where the run lies.</param>
    /// <param name="payload">Checksum and length of the payload.</param>
    /// <param name="scheduler">The dialect.</param>
    /// <param name="arrays">The arrays in their order.</param>
    /// <param name="since">When the resumption was begun.</param>
    public static string RenderResumption(
        RemotePaths paths, (uint Crc, long Bytes) payload, IScheduler scheduler, IReadOnlyList<ArrayInScript> arrays, DateTimeOffset since)
    {
        StringBuilder text = Begin(paths, scheduler);
        _ = text.Append(Of(TakeInMore, scheduler, arrays[0], payload));
        AppendArrays(text, scheduler, arrays, [], since);
        return text.ToString();
    }

    /// <summary>The functions with which jobs are claimed and submitted; <c>hpc_array</c> works in the run's folder <c>hpc_run</c>.</summary>
    /// <param name="scheduler">The dialect.</param>
    public static string FunctionsFor(IScheduler scheduler) => Functions
        .Replace("@SECONDS@", CommandSeconds.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@ID@", JobIdText.Read, StringComparison.Ordinal)
        .Replace("@VERDICTS@", scheduler.SubmissionVerdicts, StringComparison.Ordinal);

    private static StringBuilder Begin(RemotePaths paths, IScheduler scheduler)
    {
        StringBuilder text = new();
        Assign(text, "hpc_id", paths.RunId);
        Assign(text, "hpc_run", paths.Run);
        Assign(text, "hpc_runs", paths.Runs);
        Assign(text, "hpc_snapshots", paths.Snapshots);
        return text.Append(FunctionsFor(scheduler));
    }

    private static string Of(string template, IScheduler scheduler, ArrayInScript first, (uint Crc, long Bytes) payload) => template
        .Replace("@PROGRAMS@", string.Join(' ', scheduler.Programs), StringComparison.Ordinal)
        .Replace("@TOKEN@", first.Token, StringComparison.Ordinal)
        .Replace("@INDEX@", first.Array.Index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@CRC@", payload.Crc.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@BYTES@", payload.Bytes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static void AppendArrays(
        StringBuilder text, IScheduler scheduler, IReadOnlyList<ArrayInScript> arrays, IReadOnlyList<string> afterJobs, DateTimeOffset since)
    {
        _ = text.Append("export hpc_after\n");
        foreach ((ArraySubmission array, string token, string? afterToken) in arrays)
        {
            // The array before, or, for the first ones, jobs of other runs.
            if (afterToken is null) Assign(text, "hpc_after", string.Join(scheduler.JobIdSeparator, afterJobs));
            else _ = text.Append(CultureInfo.InvariantCulture, $"hpc_after=$(cat \"$hpc_run/submit/{afterToken}/id\") || exit 8\n");
            _ = text.Append(CultureInfo.InvariantCulture, $"hpc_array {array.Index} {token} ")
                .Append(ShellQuote.Always(scheduler.RenderSubmit(array))).Append(' ')
                .Append(ShellQuote.Always(scheduler.FindByNameQuery(array.JobName, since))).Append(" || exit 0\n");
        }
    }

    private static void Assign(StringBuilder text, string name, string value) =>
        text.Append(name).Append('=').Append(ShellQuote.Always(value)).Append('\n');
}

/// <summary>An array as the script of a submission names it.</summary>
/// <param name="Array">The array.</param>
/// <param name="Token">Its token.</param>
/// <param name="AfterToken">The token of the array that it waits for, or null.</param>
internal sealed record ArrayInScript(ArraySubmission Array, string Token, string? AfterToken);
