using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>A cmdlet that works on some tasks of runs; objects that name a run and a task may be piped in.</summary>
public abstract class TaskCmdlet : RunCmdlet
{
    private readonly Dictionary<string, SortedSet<long>> _tasks = new(StringComparer.Ordinal);

    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0L, long.MaxValue)]
    [ArgumentCompleter(typeof(TaskIdCompleter))]
    public long[]? TaskId { get; set; }

    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        if (TaskId is null) return;
        foreach (string run in RunId ?? [""])
        {
            if (!_tasks.TryGetValue(run, out SortedSet<long>? ids)) _tasks.Add(run, ids = []);
            ids.UnionWith(TaskId);
        }
    }

    /// <summary>The tasks that were named for a run, ascending; null if none was.</summary>
    private protected IReadOnlyCollection<long>? TasksOf(RunTarget target)
    {
        if (_tasks.TryGetValue(target.RunId, out SortedSet<long>? ids)) return ids;
        // Named with a wildcard, or for the run that was meant without a name.
        return _tasks.FirstOrDefault(p => p.Key.Length == 0 || WildcardPattern.Get(p.Key, WildcardOptions.IgnoreCase).IsMatch(target.RunId)).Value;
    }
}
