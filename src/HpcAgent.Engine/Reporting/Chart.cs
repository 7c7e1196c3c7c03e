namespace HpcAgent.Engine.Reporting;

/// <summary>
/// The frame of a chart: axes, grid, labels and what a reader who does not see it is told. All charts have one size, so that text is equally large in
/// all; how many stand side by side is left to the page.
/// </summary>
internal sealed class Chart
{
    private const double Width = 400;
    private const double Height = 236;
    private const double Top = 28;
    private const double Right = 388;

    private readonly Markup _page;
    private readonly double _left;
    private readonly double _bottom;

    private Chart(Markup page, double left, double bottom) => (_page, _left, _bottom) = (page, left, bottom);

    /// <summary>Begins a chart.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="title">Its title.</param>
    /// <param name="description">What it shows, in words.</param>
    /// <param name="y">The axis from bottom to top.</param>
    /// <param name="yTitle">What that counts.</param>
    /// <param name="below">How much more room labels below need than a line.</param>
    /// <param name="before">How much room they need on the left.</param>
    public static Chart Begin(Markup page, string title, string description, Axis y, string yTitle, double below = 0, double before = 0)
    {
        Chart chart = new(page, Math.Max(Math.Max(24, before), 10 + y.Ticks.Max(t => WidthOf(t.Label))), Height - 42 - below);
        (string titleId, string descriptionId) = (page.NextId(), page.NextId());
        _ = page.Open("svg", ("viewBox", $"0 0 {Markup.N(Width)} {Markup.N(Height)}"), ("role", "img"), ("tabindex", "0"), ("aria-labelledby", $"{titleId} {descriptionId}"))
            .Element("title", title, ("id", titleId)).Element("desc", description, ("id", descriptionId));
        _ = page.Element("text", yTitle, ("x", "2"), ("y", "12"), ("class", "axis"));
        foreach (Tick tick in y.Ticks)
        {
            string at = Markup.N(chart.Y(tick.At));
            _ = page.Empty("line", ("x1", Markup.N(chart._left)), ("x2", Markup.N(Right)), ("y1", at), ("y2", at), ("class", "grid"));
            _ = page.Element("text", tick.Label, ("x", Markup.N(chart._left - 6)), ("y", Markup.N(chart.Y(tick.At) + 4)), ("text-anchor", "end"));
        }
        return chart;
    }

    /// <summary>The coordinate of a place from left to right.</summary>
    public double X(double at) => _left + (Math.Clamp(at, 0, 1) * (Right - _left));

    /// <summary>The coordinate of a place from bottom to top.</summary>
    public double Y(double at) => _bottom - (Math.Clamp(at, 0, 1) * (_bottom - Top));

    /// <summary>How wide a text is, about, in the widest of the usual fonts of systems.</summary>
    public static double WidthOf(string text) => text.Sum(c => c switch
    {
        '.' or ',' or ':' or ';' or '\'' or '|' or 'i' or 'j' or 'l' or 'I' or ' ' => 4.2,
        'f' or 't' or 'r' or '-' or '(' or ')' or '/' => 5.2,
        'm' or 'w' or 'M' or 'W' or '%' or '@' or '…' => 12.5,
        >= '\u2e80' => 13.0,
        >= '0' and <= '9' => 8.3,
        _ => 8.2,
    });

    /// <summary>Draws the axis from left to right; a label that would touch the one before it is left out.</summary>
    /// <param name="x">The axis.</param>
    /// <param name="title">What it counts.</param>
    public void Bottom(Axis x, string title)
    {
        Baseline(title);
        double free = double.NegativeInfinity;
        foreach (Tick tick in x.Ticks)
        {
            double half = WidthOf(tick.Label) / 2, at = Math.Clamp(X(tick.At), half, Width - half);
            TickMark(X(tick.At));
            if (at - half < free) continue;
            free = at + half + 6;
            _ = _page.Element("text", tick.Label, ("x", Markup.N(at)), ("y", Markup.N(_bottom + 17)), ("text-anchor", "middle"));
        }
    }

    /// <summary>Draws names below places.</summary>
    /// <param name="names">The names with their places.</param>
    /// <param name="title">What they are names of.</param>
    /// <param name="isSlanted">True to write them aslant, where they would touch.</param>
    public void Bottom(IEnumerable<Tick> names, string title, bool isSlanted)
    {
        Baseline(title);
        foreach (Tick name in names)
        {
            (string x, string y) = (Markup.N(X(name.At) + (isSlanted ? 4 : 0)), Markup.N(_bottom + (isSlanted ? 13 : 17)));
            TickMark(X(name.At));
            _ = _page.Element("text", name.Label, ("x", x), ("y", y), ("text-anchor", isSlanted ? "end" : "middle"), ("transform", isSlanted ? $"rotate(-40 {x} {y})" : null));
        }
    }

    /// <summary>Ends the chart.</summary>
    public void End() => _page.Close();

    private void Baseline(string title)
    {
        string y = Markup.N(_bottom);
        _ = _page.Empty("line", ("x1", Markup.N(_left)), ("x2", Markup.N(Right)), ("y1", y), ("y2", y), ("class", "base"));
        _ = _page.Element("text", title, ("x", Markup.N(Right)), ("y", Markup.N(Height - 6)), ("text-anchor", "end"), ("class", "axis"));
    }

    private void TickMark(double x) =>
        _page.Empty("line", ("x1", Markup.N(x)), ("x2", Markup.N(x)), ("y1", Markup.N(_bottom)), ("y2", Markup.N(_bottom + 4)), ("class", "base"));
}
