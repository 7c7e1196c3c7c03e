namespace HpcAgent.Engine.Reporting;

/// <summary>A table that scrolls by itself where the page is narrow.</summary>
internal static class DataTable
{
    private const int MostCharacters = 160;

    // A longer text is broken into lines, so that it does not push all else away.
    private const int LongText = 32;

    /// <summary>Writes a table.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="title">What it is called for a reader who does not see it.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="rows">The cells. A long one is cut, with an ellipsis.</param>
    /// <param name="words">The columns of words, which stand on the left; null for the first one only.</param>
    public static void Write(Markup page, string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, Func<int, bool>? words = null)
    {
        words ??= column => column == 0;
        _ = page.Open("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", title))
            .Open("table").Open("thead").Open("tr");
        for (int i = 0; i < columns.Count; i++) _ = page.Element("th", VisibleText.Clip(columns[i], MostCharacters), ("scope", "col"), ("class", words(i) ? null : "n"));
        _ = page.Close().Close().Open("tbody");
        foreach (IReadOnlyList<string> row in rows)
        {
            _ = page.Open("tr");
            for (int i = 0; i < row.Count; i++)
                _ = page.Open("td", ("class", !words(i) ? "n" : row[i].Length > LongText ? "w" : null)).Element("bdi", VisibleText.Clip(row[i], MostCharacters)).Close();
            _ = page.Close();
        }
        _ = page.Close().Close().Close();
    }
}
