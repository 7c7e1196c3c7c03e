namespace HpcAgent.Engine.Reporting;

/// <summary>What stands around a chart: a heading, a legend, a note, and its numbers as a table.</summary>
internal static class Figure
{
    /// <summary>Begins a figure.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="note">A sentence about it, or null.</param>
    /// <param name="legend">Classes and names of its colours.</param>
    public static void Begin(Markup page, string title, string? note, params ReadOnlySpan<(string Class, string Name)> legend)
    {
        _ = page.Open("figure").Open("figcaption").Element("strong", title);
        if (legend.Length > 0)
        {
            _ = page.Open("span", ("class", "legend"));
            foreach ((string kind, string name) in legend)
                _ = page.Open("span").Element("i", "", ("class", $"key {kind}"), ("aria-hidden", "true")).Text(name).Close();
            _ = page.Close();
        }
        if (note is not null) _ = page.Element("span", note, ("class", "note"));
        _ = page.Close();
    }

    /// <summary>Ends a figure with its numbers.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="title">The heading, for the table's name.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="rows">The rows.</param>
    public static void End(Markup page, string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        _ = page.Open("details").Element("summary", "Numbers");
        DataTable.Write(page, title, columns, rows);
        _ = page.Close().Close();
    }

    /// <summary>A figure of which there is nothing to draw.</summary>
    public static void Nothing(Markup page, string title, string why) =>
        page.Open("figure", ("class", "none")).Open("figcaption").Element("strong", title).Close().Element("p", why, ("class", "empty")).Close();
}
