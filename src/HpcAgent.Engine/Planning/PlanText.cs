using System.Globalization;

namespace HpcAgent.Engine.Planning;

/// <summary>A plan in one line, in the original's words: <c>4 batches (87-88 tasks each), 2 concurrent, 2 waves, ~30m est.</c></summary>
internal static class PlanText
{
    public static string Strategy(PlanLayout layout, PlanLanes lanes, int? tasksAtOnce, TimeSpan? estimate)
    {
        List<string> parts = [];
        if (layout.ArrayCount == 1)
        {
            parts.Add($"1 array ({Number(layout.TaskCount, "task")})");
        }
        else
        {
            string size = layout.LeastTasks == layout.MostTasks
                ? Number(layout.MostTasks, "task")
                : string.Create(CultureInfo.InvariantCulture, $"{layout.LeastTasks}-{layout.MostTasks} tasks");
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{layout.ArrayCount} batches ({size} each)"));
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{lanes.Count} concurrent"));
            parts.Add(Number(lanes.Depth, "wave"));
        }
        if (layout.TasksPerElement > 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{layout.TasksPerElement} tasks per element"));
        if (tasksAtOnce is { } atOnce) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{atOnce} at once"));
        if (estimate is { } time) parts.Add($"~{DurationText.Format(time)} est.");
        return string.Join(", ", parts);
    }

    public static string Number(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
