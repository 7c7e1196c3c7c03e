using System.Globalization;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Cmdlets;

/// <summary>A plan as people read it.</summary>
internal static class PlanText
{
    /// <summary>What would be sent, one thing a line.</summary>
    public static IEnumerable<string> Lines(SubmitResult preview)
    {
        RunPlan plan = preview.Plan;
        yield return $"command: {preview.Run.Command}";
        yield return $"code: {preview.Run.ExperimentPath}";
        yield return $"each task: {Resources(plan.Resources)}";
        foreach (string assumption in plan.Assumptions) yield return assumption;
        foreach (string warning in preview.Warnings) yield return $"note: {warning}";
    }

    /// <summary>What a task asks for, in one line.</summary>
    public static string Resources(ResourceRequest each)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{each.Cpus} {(each.Cpus == 1 ? "processor" : "processors")}")];
        if (each.Gpus > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{each.Gpus} GPU"));
        parts.Add(each.MemoryBytes is { } bytes ? $"{_Format.Bytes(bytes)} of memory" : "memory not limited");
        parts.Add(each.Walltime is { } limit ? DurationText.Format(limit) : "no time limit");
        return string.Join(", ", parts);
    }
}
