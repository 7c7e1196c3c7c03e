namespace HpcAgent.Engine.Reporting;

/// <summary>Why tasks failed, and what they have in common.</summary>
internal static class FailureSection
{
    /// <summary>How many groups are shown.</summary>
    public const int MostGroups = 20;

    private const int MostLog = 4000;
    private const int MostText = 600;
    private const int MostLabel = 90;

    /// <summary>Writes the groups of failures.</summary>
    public static void Write(Markup page, ReportData data)
    {
        _ = page.Open("section", ("aria-labelledby", "failures")).Element("h2", "Failures", ("id", "failures"));
        if (data.Failures.Count == 0) _ = page.Element("p", None(data.Status), ("class", "empty"));
        else Overview(page, data.Failures);
        foreach (FailureGroup group in data.Failures.Take(MostGroups)) Group(page, group);
        if (data.Failures.Count > MostGroups)
            _ = page.Element("p", $"The {MostGroups} largest of {data.Failures.Count} groups are shown; Get-HpcFailure gives all.", ("class", "note"));
        _ = page.Close();
    }

    private static string None(RunStatus status) => status.Counts.UnsuccessfulCount > 0 ? $"{ReportText.Several(status.Counts.UnsuccessfulCount, "task")} did not succeed; nothing is known of the cause."
        : status.State == LifecycleState.InFlight ? "No task has failed so far." : "No task failed.";

    private static void Overview(Markup page, IReadOnlyList<FailureGroup> groups)
    {
        long failed = groups[0].FailedCount;
        _ = page.Open("div", ("class", "causes"), ("role", "img"), ("aria-label", $"{ReportText.Several(failed, "task")} failed, for {ReportText.Several(groups.Count, "cause")}"));
        foreach (FailureGroup group in groups.Take(MostGroups))
        {
            string share = Markup.N(100.0 * group.TaskCount / failed);
            _ = page.Open("div", ("class", "cause")).Element("span", ReportText.Count(group.TaskCount), ("class", "count"))
                .Open("span", ("class", "bar")).Element("i", "", ("class", "c-failed"), ("style", $"width:{share}%")).Close()
                .Open("span", ("class", "what")).Text($"{ReportText.Words(group.Category)}: ").Element("bdi", VisibleText.Clip(group.Cause, MostLabel)).Close().Close();
        }
        _ = page.Close();
    }

    private static void Group(Markup page, FailureGroup group)
    {
        _ = page.Open("article").Open("h3").Text($"{ReportText.Count(group.TaskCount)} × {ReportText.Words(group.Category)}: ").Element("bdi", VisibleText.Clip(group.Cause, MostText)).Close();
        if (group.Location is { } place) _ = page.Open("p", ("class", "note")).Text("At ").Element("code", VisibleText.Clip(place, MostText)).Close();
        _ = page.Open("p").Element("strong", "What to do: ").Element("bdi", VisibleText.Clip(group.Remedy, MostText)).Close();
        if (group.Common.Length > 0) _ = page.Open("p").Element("strong", "In common: ").Element("bdi", VisibleText.Clip(group.Common, MostText)).Close();
        if (group.Lifts.Count > 0) Lifts(page, group);
        Exemplar(page, group);
        _ = page.Close();
    }

    private static void Lifts(Markup page, FailureGroup group) => DataTable.Write(
        page,
        "What these tasks have more often than others",
        ["parameter", "value", "of these", "of the others", "odds ratio", "p"],
        group.Lifts.Select(l => (IReadOnlyList<string>)
        [
            l.Parameter ?? "node",
            $"{Sign(l.Comparison)} {l.ValueText}",
            $"{ReportText.Count(l.GroupMatchCount)} of {ReportText.Count(l.GroupCount)}",
            $"{ReportText.Count(l.OtherMatchCount)} of {ReportText.Count(l.OtherCount)}",
            ReportText.Number(l.OddsRatio),
            ReportText.Number(l.PValue),
        ]),
        column => column < 2);

    private static string Sign(LiftComparison comparison) => comparison switch { LiftComparison.AtLeast => ">=", LiftComparison.AtMost => "<=", _ => "=" };

    private static void Exemplar(Markup page, FailureGroup group)
    {
        FailureExemplar task = group.Exemplar;
        string end = task.Signal is { } signal ? $", signal {ReportText.Count(signal)}" : task.ExitCode is { } code ? $", exit code {ReportText.Count(code)}" : "";
        string parameters = string.Join(' ', task.Parameters.Select(p => $"{p.Key}={Tasks.PlainText.Of(p.Value)}"));
        _ = page.Open("details").Element("summary", $"Task {ReportText.Count(task.TaskId)}{end}, as an example")
            .Open("p").Element("bdi", VisibleText.Clip(parameters.Length > 0 ? parameters : "no parameters", MostText)).Close();
        if (task.Node is { } node) _ = page.Open("p").Text("Node ").Element("bdi", node).Close();
        string log = task.Log.Length > MostLog ? "…" + task.Log[^MostLog..] : task.Log;
        if (log.Trim().Length > 0) _ = page.Open("pre", ("tabindex", "0"), ("aria-label", "End of its log")).Text(LogText.Of(log)).Close();
        else _ = page.Element("p", "There is no log, or it was not read.", ("class", "empty"));
        string ids = string.Join(", ", group.TaskId.Take(50)) + (group.TaskId.Count > 50 ? $" and {group.TaskId.Count - 50} more" : "");
        _ = page.Element("p", $"Tasks: {ids}", ("class", "note")).Close();
    }
}
