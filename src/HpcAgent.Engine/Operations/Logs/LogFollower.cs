using System.Runtime.CompilerServices;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Logs;

/// <summary>Reads the logs of tasks as they grow.</summary>
public sealed class LogFollower
{
    private const int MaxLines = 5000;
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestUnseen = TimeSpan.FromMinutes(1);

    private readonly Dictionary<long, (int Attempt, long Offset)> _read = [];

    /// <summary>What the logs hold and what is added to them, until none of the tasks can write any more.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="taskIds">The tasks.</param>
    /// <param name="lines">How many lines of what is there already.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the reading; the run goes on.</param>
    /// <returns>Pieces of logs that are not empty, in the order in which they were seen.</returns>
    public async IAsyncEnumerable<TaskLog> FollowAsync(
        string runId, IReadOnlyList<long> taskIds, int lines, OperationContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, runId, cancellationToken);
        ICluster cluster = context.Cluster(record.Run.Cluster);
        DateTimeOffset lookedAt = context.Clock.GetUtcNow();
        while (true)
        {
            // States before logs: what a task has written before its end was seen is then read.
            bool isOver = status.State is not (LifecycleState.InFlight or LifecycleState.UnableToVerify) || taskIds.All(id => view.Ledger[id].IsFinal());
            RunTaskStatus[] tasks = [.. taskIds.Select(id => view.Ledger.ToStatus(runId, id, status.ObservedAt)).Where(t => t.Attempt > 0)];
            foreach (TaskLog log in await cluster.ReadLogsAsync(record.Run, tasks, _read.Count == 0 ? lines : MaxLines, cancellationToken))
            {
                if (News(log, view.Ledger.Attempt(log.TaskId), lines) is { Content.Length: > 0 } news) yield return news;
            }
            if (isOver) yield break;
            TimeSpan pause = cluster.IsThisMachine ? s_shortest : Between(s_shortest, status.NextCheckAfter, s_longest);
            await Task.Delay(pause, context.Clock, cancellationToken);
            // What a log holds asks the scheduler nothing; whether its task has ended does.
            if (!cluster.IsThisMachine && context.Clock.GetUtcNow() - lookedAt < Between(s_shortest, status.NextCheckAfter, s_longestUnseen)) continue;
            status = await RunLookup.LookAgainAsync(context, record, view, cancellationToken);
            lookedAt = context.Clock.GetUtcNow();
        }
    }

    private static TimeSpan Between(TimeSpan least, TimeSpan wanted, TimeSpan most) => wanted < least ? least : wanted > most ? most : wanted;

    private TaskLog? News(TaskLog log, int attempt, int lines)
    {
        bool known = _read.TryGetValue(log.TaskId, out (int Attempt, long Offset) before) && before.Attempt == attempt;
        _read[log.TaskId] = (attempt, log.EndOffset);
        if (!known) return log with { Content = LastLines(log.Content, lines) };
        byte[] content = Encoding.UTF8.GetBytes(log.Content);
        long added = log.EndOffset - before.Offset;
        if (added <= 0) return null;
        return added >= content.Length ? log : log with { Content = Encoding.UTF8.GetString(content.AsSpan(content.Length - (int)added)) };
    }

    private static string LastLines(string content, int lines)
    {
        int at = content.Length;
        if (at > 0 && content[^1] == '\n') at--;
        for (int n = 0; n < lines && at >= 0; n++) at = at == 0 ? -1 : content.LastIndexOf('\n', at - 1);
        return at < 0 ? content : content[(at + 1)..];
    }
}
