using System.Text;
using System.Xml;
using System.Xml.Linq;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Operations.Report;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Tests.Reporting;

public class ReportDocumentTests
{
    public static TheoryData<string> Hostile { get; } =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; alert(1) //", "</style><b>", "]]>", "<!-- ", "&lt;b&gt;",
        "evil\u202Egnp.exe", "a\u2066b\u2069", "nul\0bell\a", "\ud800 lone", "\uffff", "\u001b[31mred\u001b[0m", "tag\U000E0041",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Text_of_a_run_never_becomes_markup_and_never_hides(string text)
    {
        Run run = ReportSample.Run(12, command: text);
        ReportData data = ReportSample.Data(run, ReportSample.Ledger(12, _ => TaskState.Complete));
        data = ReportSample.WithResults(data, new Dictionary<string, object?[]> { [text] = [text, "b"], ["lr"] = [0.1, 0.01] }, "metric " + text);
        data = data with
        {
            Failures = [ReportSample.Failure(run, 3, 3, text, text, ReportSample.Lift(text, text))],
            Notes = [text],
            Status = data.Status with { Warnings = [text] },
        };
        string html = ReportDocument.Write(data);
        XElement root = Parse(html);
        string[] allowed = ["html", "head", "meta", "title", "style", "body", "a", "main", "header", "p", "h1", "h2", "h3", "bdi", "span", "pre", "code", "ul", "li", "b", "section", "dl", "div", "dt", "dd",
            "figure", "figcaption", "strong", "i", "svg", "desc", "text", "line", "path", "g", "rect", "circle", "polyline", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "article", "script"];
        Assert.All(root.DescendantsAndSelf(), e => Assert.Contains(e.Name.LocalName, allowed));
        Assert.DoesNotContain(root.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.Single(root.Descendants("script"));
        Assert.All(html.EnumerateRunes(), r => Assert.False(r.Value is (< 32 and not 10) or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or (>= 0xe0000 and <= 0xe007f)));
    }

    [Fact]
    public void Numbers_are_those_of_the_records()
    {
        Run run = ReportSample.Run(40) with { SubmittedAt = ReportSample.Start.AddTicks(7) };
        ReportData data = ReportSample.Data(run, ReportSample.Ledger(40, id => id % 5 == 0 ? TaskState.Failed : TaskState.Complete));
        data = ReportSample.WithResults(data, new Dictionary<string, object?[]> { ["lr"] = [0.1, 0.01, 0.001], ["opt"] = ["adam", "sgd"] }, "loss", "acc")
            with
        { Failures = [ReportSample.Failure(run, 8, 8, "CUDA out of memory", "log", ReportSample.Lift("lr", 0.1))] };
        XElement root = Parse(ReportDocument.Write(data));

        XElement table = Table(root, "Aggregate");
        Assert.Equal(data.Table!.Columns, table.Descendants("th").Select(t => t.Value));
        Assert.Equal(
            data.Table.Rows.Select(row => string.Join('|', row.Select(SignificantDigits.SixSignificantDigits))),
            table.Element("table")!.Element("tbody")!.Elements("tr").Select(row => string.Join('|', row.Elements("td").Select(cell => cell.Value))));

        Assert.Contains(root.Descendants("li"), li => li.Value == "40 tasks");
        Assert.Contains(root.Descendants("li"), li => li.Value == "32 complete");
        Assert.Contains(root.Descendants("li"), li => li.Value == "8 failed");
        Assert.Equal(SignificantDigits.SixSignificantDigits(data.Efficiency.AllocatedCoreHours), Fact(root, "Core-hours allocated"));
        Assert.Equal(data.Run.IdentitySha, Fact(root, "Identity"));
        Assert.Contains("611.25", Table(root, "What these tasks have more often than others").Value, StringComparison.Ordinal);

        XElement[] bins = [.. Table(root, "How long tasks took").Descendants("tbody").Elements("tr")];
        Assert.Equal(data.Efficiency.MeasuredCount, bins.Sum(r => r.Elements("td").Skip(2).Sum(c => long.Parse(c.Value, null))));
        XElement[] memory = [.. Table(root, "Peak memory of tasks").Descendants("tbody").Elements("tr")];
        Assert.Equal(data.Efficiency.PeakMemoryCount, memory.Sum(r => r.Elements("td").Skip(2).Sum(c => long.Parse(c.Value, null))));
        string[] last = [.. Table(root, "Tasks over time").Descendants("tbody").Elements("tr").Last().Elements("td").Select(c => c.Value)];
        Assert.Equal(["32", "8", "0", "0"], last[1..]);
        Assert.Contains(root.Descendants("text"), t => t.Value == "time since submission (s)");
    }

    [Fact]
    public void Each_mean_is_drawn_with_its_value_and_standard_error()
    {
        ReportData data = ReportSample.Data(ReportSample.Run(12), ReportSample.Ledger(12, _ => TaskState.Complete));
        data = ReportSample.WithResults(data, new Dictionary<string, object?[]> { ["lr"] = [0.1, 0.01, 0.001] }, "loss");
        XElement figure = Parse(ReportDocument.Write(data)).Descendants("figure").Single(f => f.Descendants("strong").First().Value == "loss by lr");
        string[] titles = [.. figure.Descendants("g").Elements("title").Select(t => t.Value)];
        Assert.Equal(
            data.Parameters[0].Aggregate.Groups.Select(g => (double)g.Key["lr"]!).Order().Select(v => $"lr={SignificantDigits.SixSignificantDigits(v)}"),
            titles.Select(t => t[..t.IndexOf(':', StringComparison.Ordinal)]));
        MetricSummary first = data.Parameters[0].Aggregate.Groups[0].Metrics[0];
        Assert.Contains(titles, t => t == $"lr=0.1: {SignificantDigits.SixSignificantDigits(first.Mean)} ± 0.05 (n 4)");
        Assert.Contains(figure.Descendants("text"), t => t.Value == "lr (logarithmic)");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(301)]
    public void A_run_of_any_size_and_in_any_state_has_a_report(int tasks)
    {
        foreach (TaskState state in Enum.GetValues<TaskState>())
        {
            ReportData data = ReportSample.Data(ReportSample.Run(tasks), ReportSample.Ledger(tasks, _ => state));
            Assert.NotEmpty(Parse(ReportDocument.Write(data)).Descendants("svg"));
        }
    }

    [Fact]
    public void A_run_of_a_hundred_thousand_tasks_makes_less_than_two_megabytes()
    {
        Run run = ReportSample.Run(100_000);
        ReportData data = ReportSample.Data(run, ReportSample.Ledger(100_000, id => id % 9 == 0 ? TaskState.Failed : TaskState.Complete, 200));
        Dictionary<string, object?[]> parameters = new() { ["seed"] = [.. Enumerable.Range(0, 100).Select(i => (object?)(long)i)], ["lr"] = [.. Enumerable.Range(1, 100).Select(i => (object?)(i / 7.0))] };
        data = ReportSample.WithResults(data, parameters, [.. Enumerable.Range(0, 40).Select(i => $"metric_with_a_long_name_{i}")])
            with
        { Failures = [.. Enumerable.Range(0, 60).Select(i => ReportSample.Failure(run, 180, 11112, new string('x', 3000), string.Concat(Enumerable.Repeat("a line of the log <&>\n", 400))))] };
        string html = ReportDocument.Write(data);
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 10_000, 2_000_000);
        Assert.Contains("The first 200 of 10000 groups are shown", html, StringComparison.Ordinal);
        Assert.Contains("The first 12 of 40 metrics are in this table", html, StringComparison.Ordinal);
        Assert.Contains("At most 24 charts are drawn: 12 of 40 metrics", html, StringComparison.Ordinal);
        Assert.Contains("The 20 largest of 60 groups are shown", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_of_500_values_is_drawn_as_dots_and_forty_metrics_are_all_there()
    {
        ReportData data = ReportSample.Data(ReportSample.Run(500), ReportSample.Ledger(500, _ => TaskState.Complete));
        string[] metrics = [.. Enumerable.Range(0, 40).Select(i => $"metric_{i}")];
        data = ReportSample.WithResults(data, new Dictionary<string, object?[]> { ["x"] = [.. Enumerable.Range(1, 500).Select(i => (object?)(long)i)] }, metrics);
        ReportData overall = ReportSample.WithResults(data, new Dictionary<string, object?[]>(), metrics);
        XElement root = Parse(ReportDocument.Write(data with { Overall = overall.Aggregate }));
        XElement figure = root.Descendants("figure").Single(f => f.Descendants("strong").First().Value == "metric_0 by x");
        Assert.Equal(500, figure.Descendants("path").Single().Attribute("d")!.Value.Count(c => c == 'M'));
        Assert.Equal(200, figure.Descendants("tbody").Elements("tr").Count());
        Assert.Contains("the first 200 are in the table", figure.Value, StringComparison.Ordinal);
        Assert.Equal(40, Table(root, "Every metric over all tasks").Descendants("tbody").Elements("tr").Count());
    }

    [Fact]
    public void Parameters_of_many_values_are_drawn_only_where_no_other_is()
    {
        ParameterLook few = new("lr", null, 3), many = new("seed", null, 500), one = new("depth", "it has one value", 1);
        Assert.Equal([("seed", null)], ParameterChoice.Among([many], 6));
        Assert.Equal([("depth", "it has one value"), ("seed", null)], ParameterChoice.Among([one, many], 6));
        Assert.Equal([("seed", "it has 500 values, others fewer; choose it with -By"), ("lr", null)], ParameterChoice.Among([many, few], 6));
        Assert.Equal([("lr", null), ("lr", "the first 1 parameters that vary are; choose with -By")], ParameterChoice.Among([few, few], 1));
        IEnumerable<IReadOnlyDictionary<string, object?>> tasks = Enumerable.Range(0, 1500).Select(i => new Dictionary<string, object?> { ["a"] = (long)i, ["b"] = i % 500L, ["c"] = $"t{i % 30}" });
        Assert.Equal(
            [("a", "it has more than 1000 values"), ("b", null), ("c", "it has 30 values that are not all numbers; 24 at most are drawn")],
            ParameterChoice.Of(tasks, ["a", "b", "c"]).Select(l => (l.Name, l.Why)));
    }

    [Fact]
    public void Each_chart_can_be_reached_by_key_and_has_a_text_in_its_place()
    {
        ReportData data = ReportSample.Data(ReportSample.Run(12), ReportSample.Ledger(12, _ => TaskState.Complete));
        XElement root = Parse(ReportDocument.Write(ReportSample.WithResults(data, new Dictionary<string, object?[]> { ["lr"] = [0.1, 0.01] }, "loss")));
        HashSet<string> ids = [];
        Assert.All(root.DescendantsAndSelf().Attributes("id"), a => Assert.True(ids.Add(a.Value)));
        Assert.Equal("en", root.Attribute("lang")!.Value);
        Assert.All(root.Descendants("svg"), svg =>
        {
            Assert.Equal("0", svg.Attribute("tabindex")!.Value);
            Assert.All(svg.Attribute("aria-labelledby")!.Value.Split(' '), id => Assert.Contains(id, ids));
            Assert.NotEmpty(svg.Element("desc")!.Value);
            Assert.NotNull(svg.Parent!.Element("details"));
        });
    }

    [Fact]
    public void Coordinates_stay_inside_the_drawing()
    {
        ReportData data = ReportSample.Data(ReportSample.Run(200), ReportSample.Ledger(200, id => id % 3 == 0 ? TaskState.Failed : TaskState.Complete));
        data = ReportSample.WithResults(data, new Dictionary<string, object?[]> { ["lr"] = [0.1, 1e-9, 5.0], ["big"] = [1e300, -1e300], ["same"] = [3L, 3.0] }, "loss");
        foreach (XElement svg in Parse(ReportDocument.Write(data)).Descendants("svg"))
            foreach (XAttribute at in svg.Descendants().Attributes().Where(a => a.Name.LocalName is "x" or "x1" or "x2" or "cx" or "y" or "y1" or "y2" or "cy"))
                Assert.InRange(double.Parse(at.Value, System.Globalization.CultureInfo.InvariantCulture), 0, 400);
    }

    [Fact]
    public void Long_names_that_begin_alike_are_told_apart_and_stay_in_the_drawing()
    {
        ReportData data = ReportSample.Data(ReportSample.Run(12), ReportSample.Ledger(12, _ => TaskState.Complete));
        data = ReportSample.WithResults(data, new Dictionary<string, object?[]> { ["set"] = [.. Enumerable.Range(0, 20).Select(i => (object?)$"a-long-dataset-name-{i}")] }, "loss");
        XElement[] labels = [.. Parse(ReportDocument.Write(data)).Descendants("text").Where(t => t.Attribute("transform") is not null)];
        Assert.Equal(20, labels.Select(l => l.Value).Distinct().Count());
        Assert.All(labels, l => Assert.True(double.Parse(l.Attribute("x")!.Value, System.Globalization.CultureInfo.InvariantCulture) >= 0.7 * 6.9 * l.Value.Length));
    }

    [Fact]
    public void Nothing_is_loaded_and_the_script_is_the_one_that_the_policy_names()
    {
        XElement root = Parse(ReportDocument.Write(ReportSample.Data(ReportSample.Run(3), ReportSample.Ledger(3, _ => TaskState.Complete))));
        Assert.DoesNotContain(root.Descendants().Attributes(), a => a.Name.LocalName is "src" or "srcset" or "action" or "data");
        Assert.All(root.Descendants().Attributes("href"), a => Assert.StartsWith("#", a.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", root.Descendants("style").Single().Value, StringComparison.Ordinal);
        string digest = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(root.Descendants("script").Single().Value)));
        Assert.Contains(root.Descendants("meta"), m => m.Attribute("content")?.Value.Contains(digest, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_report_is_known_by_its_beginning()
    {
        string html = ReportDocument.Write(ReportSample.Data(ReportSample.Run(1), ReportSample.Ledger(1, _ => TaskState.Pending)));
        Assert.StartsWith(ReportDocument.Beginning, html, StringComparison.Ordinal);
    }

    internal static XElement Parse(string html)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader).Root!;
    }

    private static XElement Table(XElement root, string title) => root.Descendants("div").First(d => d.Attribute("aria-label")?.Value == title);

    private static string Fact(XElement root, string name) => root.Descendants("dt").Single(d => d.Value == name).Parent!.Element("dd")!.Value;
}
