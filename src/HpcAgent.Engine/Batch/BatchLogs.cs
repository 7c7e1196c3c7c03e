using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Reads the ends of tasks' logs on a cluster, all in one execution.</summary>
internal sealed class BatchLogs
{
    // hpc_log ID ATTEMPT SHARD: size of the whole log and its last lines; nothing if there is none. In the joined logs of successful tasks a header
    // counts only where the one before it says that the next begins, so that no log can pretend to hold another.
    private const string Functions = """
        hpc_log() {
          hpc_f=logs/$3/$1.$2.log
          if [ -f "$hpc_f" ]; then
            hpc_part log; printf '%s %s %s\n' "$1" "$(wc -c <"$hpc_f" | tr -d ' ')" "$hpc_f"; hpc_part text; tail -c "$hpc_bytes" "$hpc_f" | tail -n "$hpc_lines"; return
          fi
          hpc_found=
          for hpc_f in logs/"$3"/*-*.log; do
            [ -f "$hpc_f" ] || continue
            # Named by the tasks of the element and a number that grows when it is run again.
            hpc_b=${hpc_f##*/}; hpc_last=${hpc_b#*-}
            [ "${hpc_b%%-*}" -le "$1" ] && [ "${hpc_last%%.*}" -ge "$1" ] || continue
            hpc_h=$(LC_ALL=C awk -v id="$1" '
              at == next_at && /^==> task [0-9]+ attempt [0-9]+, [0-9]+ bytes <==$/ {
                if ($3 == id) found = at + length($0) + 2 " " $6
                next_at = at + length($0) + 1 + $6 + 1
              }
              { at += length($0) + 1 }
              END { print found }' "$hpc_f")
            [ -n "$hpc_h" ] || continue
            hpc_found="$hpc_h $hpc_f"
          done
          [ -n "$hpc_found" ] || return 0
          hpc_at=${hpc_found%% *}; hpc_found=${hpc_found#* }; hpc_size=${hpc_found%% *}; hpc_f=${hpc_found#* }
          hpc_part log; printf '%s %s %s\n' "$1" "$hpc_size" "$hpc_f"
          hpc_part text; tail -c "+$hpc_at" "$hpc_f" | head -c "$hpc_size" | tail -c "$hpc_bytes" | tail -n "$hpc_lines"
        }

        """;

    // Of all logs together.
    private const int MostBytes = 64 << 20;

    private readonly IHost _host;
    private readonly Run _run;
    private readonly RemotePaths _paths;

    public BatchLogs(IHost host, Run run) => (_host, _run, _paths) = (host, run, new RemotePaths(run.RemotePath, run.RunId));

    public async Task<IReadOnlyList<TaskLog>> ReadAsync(IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0) return [];
        StringBuilder text = new(Functions);
        _ = text.Append(CultureInfo.InvariantCulture, $"hpc_lines={lines}\nhpc_bytes={Math.Max(LogReader.MaxBytes / 64, Math.Min(LogReader.MaxBytes, MostBytes / tasks.Count))}\ncd {ShellQuote.Always(_paths.Run)} || exit 1\n");
        foreach (RunTaskStatus task in tasks)
            _ = text.Append(CultureInfo.InvariantCulture, $"hpc_log {task.TaskId} {Math.Max(1, task.Attempt)} {task.TaskId / RunLayout.ShardSize}\n");
        HostAnswer answer = await _host.RunAsync(new HostScript { Purpose = $"logs of {_run.RunId}", Text = text.Append("exit 0\n").ToString() }, cancellationToken);
        if (answer.ExitCode != 0)
            throw new HpcException(ErrorCode.OutputsMissing, $"{_paths.Run} on {_host.Name} cannot be entered: {answer.ErrorText.Trim()}", "It was deleted, or purged by the site.");
        Dictionary<long, TaskLog> found = [];
        for (int i = 0; i + 1 < answer.Parts.Count; i++)
        {
            if (answer.Parts[i].Name != "log" || answer.Parts[i + 1].Name != "text") continue;
            string[] words = Encoding.UTF8.GetString(answer.Parts[i].Content.Span).Trim().Split(' ', 3);
            long id = long.Parse(words[0], CultureInfo.InvariantCulture);
            found[id] = new TaskLog(id, $"{_paths.Run}/{words[2]}", Encoding.UTF8.GetString(answer.Parts[i + 1].Content.Span), false, null)
            {
                EndOffset = long.Parse(words[1], CultureInfo.InvariantCulture),
            };
        }
        return [.. tasks.Select(task => found.TryGetValue(task.TaskId, out TaskLog? log)
            ? log with { ExitCode = task.ExitCode }
            : new TaskLog(task.TaskId, $"{_paths.Run}/logs", "", task.State != TaskState.Complete, task.ExitCode))];
    }
}
