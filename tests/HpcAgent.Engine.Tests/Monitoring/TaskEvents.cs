using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.Monitoring;

/// <summary>Random events.</summary>
internal static class TaskEvents
{
    private static readonly TaskState[] s_ends =
    [
        TaskState.Complete, TaskState.Failed, TaskState.Timeout, TaskState.OutOfMemory, TaskState.Cancelled, TaskState.Lost, TaskState.Preempted,
    ];

    public static Arbitrary<TaskEvent> Any { get; } = Arb.From(
        from kind in Gen.Elements(TaskEventKind.Start, TaskEventKind.End, TaskEventKind.Note)
        from at in Gen.Choose(0, int.MaxValue)
        from fraction in Gen.Choose(0, 999)
        from task in Gen.OneOf(Gen.Choose(-1, 10), Gen.Choose(0, int.MaxValue))
        from attempt in Gen.Choose(0, int.MaxValue)
        from pid in Optional(Gen.Choose(1, int.MaxValue))
        from exit in Optional(Gen.Choose(int.MinValue, int.MaxValue))
        from signal in Optional(Gen.Choose(1, 64))
        from elapsed in Optional(Gen.Choose(0, int.MaxValue))
        from memory in Optional(Gen.Choose(0, int.MaxValue))
        from text in Optional(ArbMap.Default.GeneratorFor<string?>())
        from state in Gen.Elements(s_ends)
        select new TaskEvent
        {
            At = DateTimeOffset.FromUnixTimeMilliseconds((at * 1000L) + fraction),
            Kind = kind,
            TaskId = task,
            Attempt = attempt,
            Pid = pid,
            State = kind == TaskEventKind.End ? state : TaskState.Unknown,
            ExitCode = exit,
            Signal = signal,
            Elapsed = elapsed is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            PeakMemoryBytes = memory * 4096L,
            Text = string.IsNullOrEmpty(text) ? null : text,
        });

    /// <summary>Histories of up to three tasks: attempts that start and, mostly, end once each.</summary>
    public static Arbitrary<TaskEvent[]> History { get; } = Arb.From(
        from attempts in Gen.ListOf(
            from task in Gen.Choose(0, 2)
            from attempt in Gen.Choose(1, 4)
            from start in Gen.Choose(1000, 100_000)
            from seconds in Gen.Choose(0, 1000)
            from state in Gen.Elements(s_ends)
            from shape in Gen.Choose(0, 5)
            select (task, attempt, start, seconds, state, shape))
        select attempts.DistinctBy(a => (a.task, a.attempt)).SelectMany(Events).ToArray());

    private static IEnumerable<TaskEvent> Events((int Task, int Attempt, int Start, int Seconds, TaskState State, int Shape) a)
    {
        TaskEvent start = new() { At = DateTimeOffset.FromUnixTimeSeconds(a.Start), Kind = TaskEventKind.Start, TaskId = a.Task, Attempt = a.Attempt, Pid = a.Start };
        TaskEvent end = new()
        {
            At = start.At.AddSeconds(a.Seconds),
            Kind = TaskEventKind.End,
            TaskId = a.Task,
            Attempt = a.Attempt,
            State = a.State,
            ExitCode = a.State == TaskState.Complete ? 0 : null,
            Elapsed = a.State == TaskState.Lost ? null : TimeSpan.FromSeconds(a.Seconds),
            Text = a.State == TaskState.Complete ? null : $"because {a.Start}",
        };
        if (a.Shape > 0 || a.State == TaskState.Lost) yield return start;
        if (a.Shape != 1) yield return end;
    }

    private static Gen<T?> Optional<T>(Gen<T> gen) => Gen.OneOf(Gen.Constant(default(T?)), gen.Select(v => (T?)v));

    private static Gen<int?> Optional(Gen<int> gen) => Gen.OneOf(Gen.Constant((int?)null), gen.Select(v => (int?)v));
}
