using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// Results as evidence, where the end event of a task does not come and nothing of it is in the queue: they are moved into place only after exit 0,
/// and the stamp beside them names the run's identity. Which tasks the next look should ask about, and what was found, is kept in the mirror.
/// </summary>
/// <param name="view">The run.</param>
/// <param name="now">The time of the look.</param>
internal sealed class PromotedResults(RunView view, DateTimeOffset now)
{
    /// <summary>How many tasks one look asks about: each costs two looks at files on the cluster.</summary>
    private const int MostTasks = 2000;

    // Those of a template lie elsewhere, and do not count.
    private const string Script = """
        if [ -d "$hpc_run/results" ]; then
          hpc_part promoted; echo
          for hpc_i in @IDS@; do
            hpc_d=$hpc_run/results/$((hpc_i / 1000))/$hpc_i
            [ -f "$hpc_d/metrics.json" ] && [ -f "$hpc_d/.hpc_stamp" ] && { IFS=' ' read -r hpc_a hpc_b <"$hpc_d/.hpc_stamp"; printf '%s %s %s\n' "$hpc_i" "$hpc_a" "$hpc_b"; }
          done
        fi

        """;

    private readonly HashSet<long> _asked = [];
    private long[] _wanted = [];

    private string WantedPath => Path.Combine(view.Layout.Root, "results-wanted");

    private string FoundPath => Path.Combine(view.Layout.Root, "results-found");

    /// <summary>Takes in what was found before.</summary>
    public void Load()
    {
        foreach (long id in Ids(FoundPath)) Assume(id);
    }

    /// <summary>Adds the question about tasks that the look before left open.</summary>
    /// <param name="script">The script, in which <c>hpc_run</c> is the run's folder.</param>
    public void AppendQuestion(StringBuilder script)
    {
        _wanted = [.. Ids(WantedPath)];
        if (_wanted.Length > 0) _ = script.Append(Script.Replace("@IDS@", string.Join(' ', _wanted), StringComparison.Ordinal));
    }

    /// <summary>Takes the answer in.</summary>
    /// <param name="answer">The parts of the run.</param>
    public void Take(HostAnswer answer)
    {
        if (answer.Find("promoted") is null) return;
        _asked.UnionWith(_wanted);
        List<long> found = [];
        foreach (string line in answer.Text("promoted").Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words.Length == 3 && words[1] == view.Run.IdentitySha && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out long id) && _asked.Contains(id) && Assume(id)) found.Add(id);
        }
        if (found.Count > 0) File.AppendAllLines(FoundPath, found.Select(Text));
    }

    /// <summary>True if this look has asked for the results of a task.</summary>
    public bool WasAsked(long taskId) => _asked.Contains(taskId);

    /// <summary>Notes which tasks the next look should ask about.</summary>
    public void NoteWanted()
    {
        string[] wanted = [.. view.Ledger.TasksIn(s => s == TaskState.Unknown || (!view.IsQueued && !s.IsFinal())).Take(MostTasks).Select(Text)];
        if (wanted.Length == 0)
        {
            if (File.Exists(WantedPath)) File.Delete(WantedPath);
            return;
        }
        _ = Directory.CreateDirectory(view.Layout.Root);
        File.WriteAllLines(WantedPath, wanted);
    }

    private bool Assume(long id)
    {
        if (view.Ledger[id].IsFinal()) return false;
        view.Ledger.AssumeComplete(id, now, "its results are in place; its end event was not seen");
        return true;
    }

    private IEnumerable<long> Ids(string path)
    {
        if (!File.Exists(path)) yield break;
        foreach (string line in File.ReadLines(path))
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long id) && id < view.Ledger.TaskCount) yield return id;
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
