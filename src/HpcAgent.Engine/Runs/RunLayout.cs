using System.Globalization;

namespace HpcAgent.Engine.Runs;

/// <summary>Where the parts of one run lie on the cluster (design, section 5). All paths are absolute.</summary>
public sealed class RunLayout
{
    /// <summary>How many tasks share one folder of results or logs; file systems dislike folders with millions of entries.</summary>
    public const int ShardSize = 1000;

    /// <summary>Creates the layout of a run.</summary>
    /// <param name="remotePath">The folder below which all runs of an experiment live on the cluster.</param>
    /// <param name="runId">The run.</param>
    public RunLayout(string remotePath, string runId)
    {
        RemotePath = remotePath;
        RunId = runId;
        Root = Path.Combine(remotePath, ".hpc", "runs", runId);
    }

    /// <summary>The folder below which all runs of the experiment live.</summary>
    public string RemotePath { get; }

    /// <summary>The run.</summary>
    public string RunId { get; }

    /// <summary>The folder of this run.</summary>
    public string Root { get; }

    /// <summary>The folder with the task table.</summary>
    public string Tasks => Path.Combine(Root, "tasks");

    /// <summary>The order that the embedded scheduler or the dispatcher works from.</summary>
    public string Order => Path.Combine(Root, "order.json");

    /// <summary>The environment of the tasks; mode 600.</summary>
    public string EnvironmentFile => Path.Combine(Root, "environment");

    /// <summary>The same once the run has ended on this machine, so that it can be resumed.</summary>
    public string EndedEnvironmentFile => Path.Combine(Root, "environment.ended");

    /// <summary>The append-only event files.</summary>
    public string Events => Path.Combine(Root, "events");

    /// <summary>The logs of the tasks.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>The results of the tasks.</summary>
    public string Results => Path.Combine(Root, "results");

    /// <summary>The packed metrics of its waves.</summary>
    public string Waves => Path.Combine(Root, "waves");

    /// <summary>The file that a user's own reducer writes.</summary>
    public string Reduced => Path.Combine(Root, "reduced.json");

    /// <summary>Exit codes that the shells of tasks on this machine leave, while the run lasts.</summary>
    public string Exits => Path.Combine(Root, "exits");

    /// <summary>Claims and ids of what was submitted, one folder per token.</summary>
    public string Submit => Path.Combine(Root, "submit");

    /// <summary>A file whose presence tells every dispatcher to start nothing more.</summary>
    public string Stopped => Path.Combine(Root, "stopped");

    /// <summary>What array elements remember of their tasks, one file each, in case they are started again.</summary>
    public string Elements => Path.Combine(Root, "elements");

    /// <summary>The settings of the arrays, one file each.</summary>
    public string Arrays => Path.Combine(Root, "arrays");

    /// <summary>The folder of one task's results where no template was given, relative to <see cref="Results"/>.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public static string DefaultResultFolder(long taskId) =>
        string.Create(CultureInfo.InvariantCulture, $"{taskId / ShardSize}/{taskId}");

    /// <summary>The log of one attempt, from its start; it stays if the attempt fails.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    public string TaskLog(long taskId, int attempt) =>
        Path.Combine(Logs, string.Create(CultureInfo.InvariantCulture, $"{taskId / ShardSize}/{taskId}.{attempt}.log"));

    /// <summary>The file into which the logs of the successful tasks of one shard are joined.</summary>
    /// <param name="taskId">The 0-based id of any task of the shard.</param>
    public string JoinedLog(long taskId) =>
        Path.Combine(Logs, string.Create(CultureInfo.InvariantCulture, $"{taskId / ShardSize}.log"));

    /// <summary>The folder with the logs of one shard's tasks.</summary>
    /// <param name="taskId">The 0-based id of any task of the shard.</param>
    public string LogShard(long taskId) => Path.Combine(Logs, (taskId / ShardSize).ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The files into which array elements join the logs of successful tasks: <c>FIRST-LAST.N.log</c> in the shard's folder, with the first
    /// and the last task of the element and a number that grows with each start of it. Newest first.
    /// </summary>
    /// <param name="taskId">The task whose log is looked for.</param>
    public IReadOnlyList<string> ElementLogs(long taskId)
    {
        string shard = LogShard(taskId);
        if (!Directory.Exists(shard)) return [];
        List<(long Number, string Path)> found = [];
        foreach (string path in Directory.EnumerateFiles(shard, "*-*.log"))
        {
            string[] words = Path.GetFileName(path).Split('-', '.');
            if (words is [var first, var last, var number, "log"] && IsId(first, out long from) && IsId(last, out long to) && IsId(number, out long n) &&
                from <= taskId && taskId <= to)
                found.Add((n, path));
        }
        return [.. found.OrderByDescending(f => f.Number).ThenBy(f => f.Path, StringComparer.Ordinal).Select(f => f.Path)];

        static bool IsId(string word, out long id) => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
