namespace HpcAgent.Engine.Reporting;

/// <summary>The head: which run it is, where it stands, and what it cost.</summary>
internal static class RunSection
{
    /// <summary>Writes the head.</summary>
    public static void Write(Markup page, ReportData data)
    {
        _ = page.Open("header")
            .Open("p", ("class", "over")).Text("Run report").Close()
            .Open("h1").Element("bdi", data.Run.RunId).Close()
            .Open("p", ("class", "state")).Element("span", ReportText.Words(data.Status.State), ("class", $"badge {Class(data.Status.State)}"))
            .Text(" ").Element("span", $"{data.Status.Counts}, on {data.Run.Cluster}").Close();
        _ = page.Open("pre", ("class", "command"), ("tabindex", "0"), ("aria-label", "Command")).Element("code", VisibleText.Clip(data.Run.Command, 2000)).Close();
        Tiles(page, data.Status.Counts);
        _ = page.Close().Open("section", ("aria-label", "Facts"));
        List(page, "short", Figures(data));
        List(page, "long", Places(data));
        _ = page.Close();
    }

    private static void List(Markup page, string kind, IEnumerable<(string Name, string Value)> facts)
    {
        _ = page.Open("dl", ("class", kind));
        foreach ((string name, string value) in facts) _ = page.Open("div").Element("dt", name).Open("dd").Element("bdi", value).Close().Close();
        _ = page.Close();
    }

    private static void Tiles(Markup page, TaskCounts counts)
    {
        (string Name, long Count, string Class)[] all =
        [
            (counts.TotalCount == 1 ? "task" : "tasks", counts.TotalCount, ""), ("complete", counts.CompleteCount, "c-complete"), ("running", counts.RunningCount, "c-running"),
            ("pending", counts.PendingCount, "c-waiting"), ("held", counts.HeldCount, "c-waiting"), ("failed", counts.FailedCount, "c-failed"),
            ("timeout", counts.TimeoutCount, "c-failed"), ("out of memory", counts.OutOfMemoryCount, "c-failed"), ("node failure", counts.NodeFailureCount, "c-failed"),
            ("preempted", counts.PreemptedCount, "c-failed"), ("cancelled", counts.CancelledCount, "c-failed"), ("lost", counts.LostCount, "c-failed"),
            ("unknown", counts.UnknownCount, "c-unknown"),
        ];
        _ = page.Open("ul", ("class", "tiles"), ("aria-label", "Tasks by state"));
        foreach ((string name, long count, string kind) in all.Where(t => t.Count > 0 || t.Name is "task" or "tasks" or "complete"))
            _ = page.Open("li", ("class", kind.Length > 0 ? $"edge {kind}" : null)).Element("b", ReportText.Count(count)).Text(" ").Element("span", name).Close();
        _ = page.Close();
    }

    private static IEnumerable<(string Name, string Value)> Figures(ReportData data)
    {
        (RunStatus status, RunEfficiency use) = (data.Status, data.Efficiency);
        yield return ("Submitted (UTC)", ReportText.Time(data.Run.SubmittedAt));
        if (status.StartedAt is { } start) yield return ("First start (UTC)", ReportText.Time(start));
        if (status.EndedAt is { } end) yield return ("Last end (UTC)", ReportText.Time(end));
        yield return ("Seen (UTC)", ReportText.Time(status.ObservedAt));
        if (status.StartedAt is { } from) yield return ("Wall time", ReportText.Duration((status.EndedAt ?? status.ObservedAt) - from));
        if (status.Remaining is { } left) yield return ("Should go on for", ReportText.Duration(left));
        if (use.MeasuredCount > 0) yield return ("Core-hours allocated", ReportText.Number(use.AllocatedCoreHours));
        if (use.UsedCoreHours is { } used) yield return ("Core-hours used", $"{ReportText.Number(used)}{(use.CpuTimeCount < use.MeasuredCount ? $" (known of {ReportText.Several(use.CpuTimeCount, "task")})" : "")}");
        if (use.MeasuredCount > 0) yield return ("Core-hours without result", ReportText.Number(use.WastedCoreHours));
        if (use.MedianQueueWait is { } wait) yield return ("Median wait in the queue", ReportText.Duration(wait));
    }

    private static IEnumerable<(string Name, string Value)> Places(ReportData data)
    {
        yield return ("Asked for, each task", Asked(data.Efficiency.Asked));
        if (data.Plan is { } plan) yield return ("Plan", plan.Strategy);
        if (data.Run.JobIds.Count > 0) yield return ("Jobs", string.Join(", ", data.Run.JobIds.Take(10)) + (data.Run.JobIds.Count > 10 ? $" and {data.Run.JobIds.Count - 10} more" : ""));
        yield return ("Experiment", data.Run.ExperimentPath);
        yield return ("Results", data.Run.ResultPath);
        yield return ("Identity", data.Run.IdentitySha);
        yield return ("Parameters' identity", data.Run.CmdSha);
        if (data.Status.Wire is { ConnectionCount: > 0 } wire)
        {
            yield return ("Asking cost", $"{ReportText.Several(wire.ConnectionCount, "connection")}, {ReportText.Several(wire.ExecutionCount, "execution")}, "
                + $"{Planning.MemorySize.Format(wire.BytesDown)} received, {ReportText.Several(wire.SchedulerQueryCount, "question")} to the scheduler");
        }
    }

    private static string Asked(ResourceRequest asked)
    {
        List<string> parts = [ReportText.Several(asked.Cpus, "processor")];
        if (asked.Gpus > 0) parts.Add(ReportText.Several(asked.Gpus, "GPU"));
        parts.Add(asked.MemoryBytes is { } bytes ? Planning.MemorySize.Format(bytes) : "memory left to the cluster");
        parts.Add(asked.Walltime is { } limit ? ReportText.Duration(limit) : "no time limit given");
        return string.Join(", ", parts);
    }

    private static string Class(LifecycleState state) => state switch
    {
        LifecycleState.Complete => "c-complete",
        LifecycleState.InFlight => "c-running",
        LifecycleState.Failed => "c-failed",
        _ => "c-unknown",
    };
}
