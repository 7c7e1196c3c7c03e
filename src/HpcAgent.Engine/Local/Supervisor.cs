using System.Collections.Concurrent;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Local;

/// <summary>
/// The embedded scheduler: one detached process for each user and host that runs what is in the queue, within this machine's processors
/// and memory, and leaves when nothing has come for a while. All it knows is on disk, so that it can be killed at any moment and started
/// again: finished work is in the events, running work is found by its process, the rest is in the task table.
/// </summary>
public sealed class Supervisor
{
    private const long PatienceMilliseconds = 2000;

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    private readonly LocalFolder _folder;
    private readonly SupervisorOptions _options;
    private readonly object _gate = new();
    private readonly Dictionary<string, LocalRun> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _tryAgainAt = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ActiveTask, bool> _active = new();
    private readonly List<ActiveTask> _adopted = [];
    private readonly OrphanReaper _orphans = new();
    private readonly PrivateFolder _temporary;
    private int _usedCpus;
    private long _usedMemory;
    private bool _forks;
    private bool _leaving;

    private Supervisor(LocalFolder folder, SupervisorOptions options)
    {
        (_folder, _options) = (folder, options);
        _temporary = new PrivateFolder(Path.Combine(folder.Root, "temporary"));
    }

    /// <summary>Runs the queue until it has been empty for the linger time.</summary>
    /// <param name="folder">The folder of the scheduler.</param>
    /// <param name="options">Slots, memory and how long to linger.</param>
    /// <param name="cancellationToken">Leaves running tasks alone and returns.</param>
    /// <returns>False if another supervisor is at work.</returns>
    public static async Task<bool> RunAsync(LocalFolder folder, SupervisorOptions options, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(folder.Root);
        while (true)
        {
            FileLock? held = await TryAcquireAsync(folder.LockFile, cancellationToken);
            if (held is null) return false;
            using (held) await new Supervisor(folder, options).WorkAsync(cancellationToken);
            // A run that was queued between the last look and the release of the lock found the lock taken and started nobody.
            if (cancellationToken.IsCancellationRequested || folder.List().Count == 0) return true;
        }
    }

    // A client that looks whether a supervisor is at work holds the lock for a moment; that must not send us away.
    private static async Task<FileLock?> TryAcquireAsync(string path, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            FileLock? held = FileLock.TryAcquire(path, "supervisor of the embedded scheduler");
            if (held is not null || attempt == 3) return held;
            await Task.Delay(s_tick / 2, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            Posix.WatchChildren();
            _forks = Posix.TryBecomeSubreaper() && _options.ForksShells;
        }
        Thread[] slots = [.. Enumerable.Range(0, _options.Slots).Select(StartSlot)];
        long idleSince = Environment.TickCount64;
        int tick = 0;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                TakeInNewRuns();
                Watch(tick++);
                RetireFinishedRuns();
                if (_runs.Count > 0) idleSince = Environment.TickCount64;
                else if (Environment.TickCount64 - idleSince > _options.Linger.TotalMilliseconds) break;
                await Task.Delay(s_tick, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            lock (_gate)
            {
                _leaving = true;
                Monitor.PulseAll(_gate);
            }
            if (!cancellationToken.IsCancellationRequested) foreach (Thread slot in slots) slot.Join();
            foreach (LocalRun run in _runs.Values) run.Dispose();
            if (_adopted.Count == 0) _temporary.Clear();
        }
    }

    private Thread StartSlot(int index)
    {
        Thread thread = new(() => RunSlot(index)) { IsBackground = true, Name = $"slot {index}" };
        thread.Start();
        return thread;
    }

    private void RunSlot(int index)
    {
        using LauncherSlot slot = new(Path.Combine(_temporary.Path, $"slot-{index}"), _orphans, _forks);
        ActiveTask? next = null;
        while ((next ?? TakeTask()) is { } task)
        {
            _ = _active.TryAdd(task, true);
            (TaskState state, next) = new TaskAttempt(task).Run(slot, TakeInPlace);
            _ = _active.TryRemove(task, out _);
            if (next is null) GiveBack(task, state);
        }
    }

    // A slot that goes on with the same run need not give its place back and wake the others. Runs that came earlier go first.
    private ActiveTask? TakeInPlace(ActiveTask ended)
    {
        lock (_gate) return !_leaving && _runs.Values.FirstOrDefault() == ended.Run ? ended.Run.TakeInPlace() : null;
    }

    private ActiveTask? TakeTask()
    {
        lock (_gate)
        {
            while (!_leaving)
            {
                foreach (LocalRun run in _runs.Values)
                {
                    if (!Fits(run) || !run.IsReady || run.Take() is not { } task) continue;
                    _usedCpus += run.Order.Cpus;
                    _usedMemory += run.Order.MemoryBytes ?? 0;
                    return task;
                }
                _ = Monitor.Wait(_gate);
            }
            return null;
        }
    }

    // What asks for more than the machine has was refused at submission; should it get here all the same, it runs alone.
    private bool Fits(LocalRun run) =>
        _usedCpus == 0 ||
        (_usedCpus + run.Order.Cpus <= _options.Slots && _usedMemory + (run.Order.MemoryBytes ?? 0) <= _options.MemoryBytes);

    private void GiveBack(ActiveTask task, TaskState state)
    {
        lock (_gate)
        {
            _usedCpus -= task.Run.Order.Cpus;
            _usedMemory -= task.Run.Order.MemoryBytes ?? 0;
            // Pending: the disk is full and it was not started.
            if (state == TaskState.Pending) task.Run.PutBack(task);
            else task.Run.Release(task, state);
            Monitor.PulseAll(_gate);
        }
    }

    private void TakeInNewRuns()
    {
        foreach ((string jobId, string runFolder) in _folder.List())
        {
            if (_runs.ContainsKey(jobId) || (_tryAgainAt.TryGetValue(jobId, out long at) && Environment.TickCount64 < at)) continue;
            try
            {
                TakeIn(jobId, LocalRun.Load(runFolder));
                _ = _tryAgainAt.Remove(jobId);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or System.Text.Json.JsonException or HpcException)
            {
                // The run's folder is gone or damaged: nothing can be done for it, and it must not stop the others.
                _folder.Log($"{jobId} at {runFolder} left the queue: {e.Message}");
                _folder.Refuse(jobId, e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk, a file system that is away for a while: the run stays and is tried again.
                if (!_tryAgainAt.ContainsKey(jobId)) _folder.Log($"{jobId} at {runFolder} cannot be taken in yet: {e.Message}");
                _tryAgainAt[jobId] = Environment.TickCount64 + PatienceMilliseconds;
            }
        }
    }

    private void TakeIn(string jobId, LocalRun run)
    {
        Adopt(run);
        // Before a slot can see the run: what was stopped while nobody watched must not start.
        if (File.Exists(run.Layout.Stopped)) Stop(run);
        lock (_gate)
        {
            _runs.Add(jobId, run);
            Monitor.PulseAll(_gate);
        }
    }

    private void Adopt(LocalRun run)
    {
        foreach (ActiveTask task in run.FindOpenAttempts())
        {
            if (ProcessTable.IsAttempt(task))
            {
                run.Adopt();
                run.Note($"task {task.TaskId} attempt {task.Attempt} still runs as process {task.Pid} and was taken over");
                lock (_gate)
                {
                    _usedCpus += run.Order.Cpus;
                    _usedMemory += run.Order.MemoryBytes ?? 0;
                }
                _adopted.Add(task);
                _ = _active.TryAdd(task, true);
                continue;
            }
            OrphanReaper.EndRemains(task);
            if (new TaskAttempt(task).FinishWithoutWitness() == TaskState.Lost) run.Requeue(task.TaskId);
        }
    }

    private void Watch(int tick)
    {
        foreach (ActiveTask task in _active.Keys)
        {
            CheckLimits(task, tick);
            task.Press();
        }
        for (int i = _adopted.Count - 1; i >= 0; i--)
        {
            ActiveTask task = _adopted[i];
            if (ProcessTable.IsAttempt(task)) continue;
            _adopted.RemoveAt(i);
            _ = _active.TryRemove(task, out _);
            OrphanReaper.EndRemains(task);
            task.Pid = 0;
            GiveBack(task, new TaskAttempt(task).FinishWithoutWitness());
        }
        foreach (LocalRun run in _runs.Values)
        {
            if (run.IsBlocked)
            {
                run.RetryEvents();
                if (!run.IsBlocked) Wake();
            }
            if (tick % 5 == 0 && !run.IsStopped && File.Exists(run.Layout.Stopped)) Stop(run);
            if (tick % 20 == 0) run.FlushEvents();
        }
        // A run that waits for another one is looked at again when the other has left.
        if (tick % 5 == 0) Wake();
        if (tick % 20 == 0) _orphans.EndThoseLeftBehind(_active.Keys);
    }

    private static void CheckLimits(ActiveTask task, int tick)
    {
        LocalOrder order = task.Run.Order;
        double seconds = (Environment.TickCount64 - task.StartTicks) / 1000.0;
        if (order.WalltimeSeconds is { } limit && seconds > limit)
            task.Stop(TaskState.Timeout, $"time limit of {limit:0.###} s reached", atOnce: false);
        if (tick % 10 != 0 || seconds < 0.4) return;
        if (order.MemoryBytes is not null || order.TaskCount == 1) task.CheckMemory(order.MemoryBytes);
        FileInfo log = new(task.Run.Layout.TaskLog(task.TaskId, task.Attempt));
        if (log.Exists && log.Length > order.MaxLogBytes)
            task.Stop(TaskState.Failed, $"its log grew beyond {order.MaxLogBytes} bytes", atOnce: true);
    }

    private void Stop(LocalRun run)
    {
        lock (_gate) run.Stop("on request");
        foreach (ActiveTask task in _active.Keys.Where(t => t.Run == run))
            task.Stop(TaskState.Cancelled, "stopped on request", atOnce: false);
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private void RetireFinishedRuns()
    {
        foreach ((string jobId, LocalRun run) in _runs.ToArray())
        {
            lock (_gate)
            {
                if (!run.IsFinished) continue;
                _ = _runs.Remove(jobId);
            }
            run.FlushEvents();
            // The queue last: whoever dies in between leaves a run that is finished again at once, not one that others wait for in vain.
            if (Directory.Exists(run.Layout.Exits)) Directory.Delete(run.Layout.Exits, recursive: true);
            // Those that wait for the run look for its environment; a resumption needs it again.
            if (File.Exists(run.Layout.EnvironmentFile)) File.Move(run.Layout.EnvironmentFile, run.Layout.EndedEnvironmentFile, overwrite: true);
            _folder.Dequeue(jobId);
            run.Dispose();
        }
    }
}
