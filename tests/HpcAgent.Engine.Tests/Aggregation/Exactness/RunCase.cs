using FsCheck;
using FsCheck.Fluent;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>A random run, and how its results are packed and reduced.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="TasksPerWave">How many make a wave.</param>
/// <param name="GroupBy">The grouping parameters.</param>
/// <param name="Seed">Chooses awks, threads, orders and splits.</param>
internal sealed record RunCase(IReadOnlyList<TaskCase> Tasks, int TasksPerWave, IReadOnlyList<string> GroupBy, int Seed)
{
    /// <summary>How often the run is packed while its tasks end.</summary>
    public const int Rounds = 3;

    /// <summary>Runs that shrink to few tasks with few metrics.</summary>
    public static Arbitrary<RunCase> Arbitrary(int mostTasks) =>
        Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(seed => RandomRun.Create(new Random(seed), mostTasks)), run => run.Smaller());

    public override string ToString() =>
        $"{Tasks.Count} tasks, {TasksPerWave} in a wave, by [{string.Join(',', GroupBy)}], seed {Seed}"
        + string.Concat(Tasks.Take(12).Select((task, id) => $"\n  {id} {task}")) + (Tasks.Count > 12 ? "\n  ..." : "");

    private IEnumerable<RunCase> Smaller()
    {
        for (int length = (Tasks.Count + 1) / 2; length > 0 && Tasks.Count > 1; length /= 2)
        {
            for (int at = 0; at < Tasks.Count; at += length)
            {
                if (Tasks.Count > length) yield return this with { Tasks = [.. Tasks.Take(at), .. Tasks.Skip(at + length)] };
            }
        }
        if (GroupBy.Count > 0) yield return this with { GroupBy = [] };
        for (int id = 0; id < Tasks.Count; id++)
        {
            foreach (TaskCase task in Smaller(Tasks[id]))
                yield return this with { Tasks = [.. Tasks.Take(id), task, .. Tasks.Skip(id + 1)] };
        }
    }

    private static IEnumerable<TaskCase> Smaller(TaskCase task)
    {
        if (task.Round > 0) yield return task with { Round = 0 };
        if (task.Form > 0) yield return task with { Form = 0 };
        if (task.Weight is not null) yield return task with { Weight = null };
        for (int i = 0; i < task.Leaves?.Count; i++)
            yield return task with { Leaves = [.. task.Leaves.Take(i), .. task.Leaves.Skip(i + 1)] };
        // A part of what cannot be used might be usable.
        if (task.Junk is { Length: > 1 }) yield return task with { Junk = "{"u8.ToArray() };
        if (task.Junk is not null) yield return task with { Junk = null };
    }
}
