namespace HpcAgent.Engine.Reporting;

/// <summary>What is missing, partial, odd or not shown.</summary>
internal static class NoteSection
{
    private const int MostNotes = 100;
    private const int MostText = 600;

    /// <summary>Writes the notes.</summary>
    public static void Write(Markup page, ReportData data)
    {
        string[] notes = [.. Notes(data).Distinct(StringComparer.Ordinal)];
        _ = page.Open("section", ("aria-labelledby", "notes")).Element("h2", "Notes", ("id", "notes"));
        if (notes.Length > 0)
        {
            _ = page.Open("ul");
            foreach (string note in notes.Take(MostNotes)) _ = page.Open("li").Element("bdi", VisibleText.Clip(note, MostText)).Close();
            _ = page.Close();
        }
        if (notes.Length > MostNotes) _ = page.Element("p", $"and {notes.Length - MostNotes} more", ("class", "note"));
        _ = page.Element("p", $"Seen at {ReportText.Moment(data.Status.ObservedAt)}. Numbers are those of Get-HpcStatus, Get-HpcEfficiency, Get-HpcFailure and Invoke-HpcAggregate at that time.", ("class", "note"));
        _ = page.Close();
    }

    private static IEnumerable<string> Notes(ReportData data)
    {
        foreach (string warning in data.Status.Warnings) yield return warning;
        if (data.Status.State == LifecycleState.UnableToVerify) yield return "The cluster did not say where all tasks stand; counts are those of the last evidence.";
        if (data.Aggregate is { IsComplete: false } partial)
        {
            string ids = string.Join(", ", partial.MissingTaskIds.Take(10)) + (partial.MissingTaskIds.Count > 10 ? ", ..." : "");
            yield return $"{partial.UsedCount} of {partial.TaskCount} tasks contribute to the aggregate; missing: {ids}";
        }
        foreach (AggregateProblem problem in data.Aggregate?.Problems.Take(20) ?? []) yield return problem.ToString();
        if (data.Aggregate?.Problems.Count > 20) yield return $"{data.Aggregate.Problems.Count - 20} more results could not be used.";
        if (data.Failures.Sum(f => f.UnreadLogCount) is > 0 and long unread) yield return $"{ReportText.Several(unread, "failed task")} judged without the log, which has not been read yet.";
        foreach (string note in data.Notes) yield return note;
        foreach (string note in data.Efficiency.Notes) yield return note;
    }
}
