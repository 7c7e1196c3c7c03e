using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>One record of the accounting, and what its two codes mean together (man sge_status, tried with 8.1.9).</summary>
internal struct GridEngineRecord
{
    public string? JobId;
    public long Element;
    public string? Node;
    public int Failed;
    public string? FailedText;
    public int? ExitStatus;
    public long? Seconds;
    public long? PeakMemory;
    public string? Category;
    public DateTime? SubmittedAt;
    public DateTime? StartedAt;
    public double? CpuSeconds;
    public bool HasStarted;
    public bool IsDeleted;

    /// <summary>Reads <c>37  : qmaster enforced h_rt, h_cpu, or h_vmem limit</c>.</summary>
    public void SetFailed(ReadOnlySpan<byte> value, Utf8Interner words)
    {
        Failed = (int)(SchedulerText.Number(value) ?? 0);
        FailedText = words.Get(value);
    }

    public readonly AccountingEntry ToEntry()
    {
        TaskState state = State();
        bool hasExit = HasStarted && state is TaskState.Complete or TaskState.Failed or TaskState.Timeout or TaskState.OutOfMemory or TaskState.Cancelled;
        // Above 128 the shell of the job, or the shepherd, tells a signal (failed 100: "assumedly after job").
        int? signal = hasExit && ExitStatus is > 128 and <= 192 && Failed != 0 ? ExitStatus - 128 : null;
        string raw = Failed == 0 ? string.Create(CultureInfo.InvariantCulture, $"exit {ExitStatus}") : "failed " + FailedText;
        return new AccountingEntry(
            JobId!, Element, state, raw, hasExit && signal is null ? ExitStatus : null, signal, Node,
            HasStarted && Seconds is >= 0 and < int.MaxValue ? TimeSpan.FromSeconds(Seconds.Value) : null, PeakMemory)
        {
            CpuTime = HasStarted && CpuSeconds is { } cpu ? TimeSpan.FromSeconds(cpu) : null,
            QueueWait = HasStarted && StartedAt - SubmittedAt is { } wait && wait >= TimeSpan.Zero ? wait : null,
        };
    }

    // A job that was deleted while it ran looks like one that was killed (failed 100, 137): only Univa names who deleted it.
    private readonly TaskState State() => Failed switch
    {
        _ when IsDeleted => TaskState.Cancelled,
        0 => ExitStatus == 0 ? TaskState.Complete : TaskState.Failed,
        // The daemon lost track of it, or its host went away.
        19 or 21 or 22 => TaskState.NodeFailure,
        // It was moved or rescheduled: a new attempt is due.
        24 or 25 => TaskState.Pending,
        37 => IsOutOfMemory() ? TaskState.OutOfMemory : TaskState.Timeout,
        _ => TaskState.Failed,
    };

    // The one code stands for time and memory. Where a time was asked for, it tells them apart; h_cpu is not asked for here.
    private readonly bool IsOutOfMemory()
    {
        if (Asked("h_rt") is { } time && Seconds is { } seconds) return seconds < time;
        return Asked("h_vmem") is { } memory && PeakMemory >= memory * 0.9;
    }

    private readonly long? Asked(string name)
    {
        foreach (string request in (Category ?? "").Split(',', ' '))
        {
            if (request.StartsWith(name + "=", StringComparison.Ordinal)) return SchedulerText.Bytes(Encoding.UTF8.GetBytes(request[(name.Length + 1)..]));
        }
        return null;
    }
}
