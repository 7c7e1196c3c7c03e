using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Tests.Reporting;

/// <summary>What a browser measures of a report: as narrow as a telephone, and by keyboard.</summary>
public partial class NarrowBrowserTests
{
    // What is asked of the page by the page itself; the answer is put into the page that is dumped.
    private const string Probe = """
        var wide = [], hidden = [], touching = [], small = [], mute = [], lost = [];
        function name(e) { return e.tagName + "." + (e.getAttribute("class") || "") + " " + e.textContent.trim().slice(0, 60); }
        document.querySelectorAll("body *").forEach(function (e) {
          var box = e.getBoundingClientRect();
          if (box.width > 0 && box.right > innerWidth + 0.5 && !e.closest(".scroll") && !e.closest("pre")) wide.push(name(e));
          var style = getComputedStyle(e), scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
          if (scrolls && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) && e.tabIndex < 0) hidden.push(name(e));
        });
        document.querySelectorAll("svg").forEach(function (svg) {
          var texts = Array.from(svg.querySelectorAll("text")).filter(function (t) { return !t.hasAttribute("transform"); });
          texts.forEach(function (a, i) {
            var p = a.getBoundingClientRect(), frame = svg.getBoundingClientRect();
            if (p.height < 9 || p.left < frame.left - 3 || p.right > frame.right + 3) small.push(name(a));
            texts.slice(i + 1).forEach(function (b) {
              var q = b.getBoundingClientRect();
              if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 4 && q.top < p.bottom - 4) touching.push(name(a) + " and " + name(b));
            });
          });
        });
        var stops = document.querySelectorAll("a, summary, button, [tabindex]");
        stops.forEach(function (e) {
          if (e.closest("details:not([open])") && e.tagName !== "SUMMARY") return;
          e.focus();
          if (document.activeElement !== e) lost.push(name(e));
          else if (getComputedStyle(e).outlineStyle === "none") mute.push(name(e));
        });
        document.querySelectorAll("details").forEach(function (e) { e.open = true; });
        var opened = document.documentElement.scrollWidth;
        var button = document.querySelector("div[aria-label=Aggregate] th button"), sorted = "";
        if (button) { button.click(); sorted = button.parentElement.getAttribute("aria-sort"); }
        var seen = JSON.stringify({ width: innerWidth, page: document.documentElement.scrollWidth, opened: opened, wide: wide, hidden: hidden, touching: touching, small: small, mute: mute, lost: lost, stops: stops.length, sorted: sorted });
        parent.postMessage(seen, "*");
        """;

    [SkippableFact]
    public async Task At_400_pixels_nothing_is_cut_off_labels_do_not_touch_and_every_stop_can_be_reached_by_key()
    {
        Skip.If(BrowserTests.Browser is null, "no Chromium on this machine");
        using TempFolder temp = new();
        foreach ((string name, ReportData data) in BrowserTests.Samples().Append(("wide", Wide())))
        {
            JsonElement seen = await MeasureAsync(temp, name, ReportDocument.Write(data), 400);
            Assert.Equal(400, seen.GetProperty("width").GetInt32());
            Assert.True(seen.GetProperty("page").GetInt32() <= 400 && seen.GetProperty("opened").GetInt32() <= 400, $"{name}: {seen}");
            foreach (string problem in new[] { "wide", "hidden", "touching", "small", "mute", "lost" })
                Assert.True(seen.GetProperty(problem).GetArrayLength() == 0, $"{name}, {problem}: {seen.GetProperty(problem)}");
            Assert.True(seen.GetProperty("stops").GetInt32() >= 5, $"{name}: {seen}");
            if (data.Table is not null) Assert.Equal("ascending", seen.GetProperty("sorted").GetString());
        }
        BrowserTests.Keep(temp.Root);
    }

    [SkippableFact]
    public async Task The_measures_would_tell_of_a_page_that_is_too_wide_and_of_a_chart_out_of_reach()
    {
        Skip.If(BrowserTests.Browser is null, "no Chromium on this machine");
        using TempFolder temp = new();
        string html = ReportDocument.Write(Wide()).Replace("overflow-wrap:anywhere", "", StringComparison.Ordinal).Replace("main{", "main{min-width:500px;", StringComparison.Ordinal)
            .Replace(":focus-visible{outline:2px", ":focus-visible{outline:0px", StringComparison.Ordinal).Replace("class=\"scroll\" role=\"region\" tabindex=\"0\"", "class=\"scroll\"", StringComparison.Ordinal)
            .Replace("svg text{fill:var(--soft);font-size:13px", "svg text{fill:var(--soft);font-size:40px", StringComparison.Ordinal);
        JsonElement seen = await MeasureAsync(temp, "bad", html, 400);
        Assert.True(seen.GetProperty("page").GetInt32() > 400, seen.ToString());
        foreach (string problem in new[] { "wide", "hidden", "touching", "small" }) Assert.True(seen.GetProperty(problem).GetArrayLength() > 0, $"{problem}: {seen}");
    }

    /// <summary>Long names everywhere, and forty metrics.</summary>
    private static ReportData Wide()
    {
        string unbroken = new('x', 150);
        Run run = ReportSample.Run(36, unbroken, unbroken + " --lr {lr}") with { ResultPath = "/" + unbroken };
        string[] metrics = [.. Enumerable.Range(0, 40).Select(i => $"layer_{i}.a_rather_long_name_of_a_metric.weight_norm")];
        ReportData data = ReportSample.Data(run, ReportSample.Ledger(36, id => id % 7 == 0 ? TaskState.Failed : TaskState.Complete));
        Dictionary<string, object?[]> parameters = new()
        {
            ["a_rather_long_name_of_a_parameter"] = [1e-9, 123456.789, 5L],
            ["text"] = ["a sentence of some length that someone took for a value of a parameter", unbroken, "", null],
            ["big"] = [100_000_000L, 100_000_001L, 100_000_002L],
        };
        ReportData overall = ReportSample.WithResults(data, new Dictionary<string, object?[]>(), metrics);
        return ReportSample.WithResults(data, parameters, metrics) with
        {
            Overall = overall.Aggregate,
            Failures = [ReportSample.Failure(run, 5, 5, unbroken + " and words, words, words", unbroken + "\n" + unbroken, ReportSample.Lift(unbroken, unbroken))],
            Notes = [unbroken],
        };
    }

    // A window is never narrower than 500 pixels; a frame in it is.
    private static async Task<JsonElement> MeasureAsync(TempFolder temp, string name, string html, int width)
    {
        string open = html.Replace("http-equiv", "name", StringComparison.Ordinal).Replace("</body>", $"<script>{Probe.Replace("\r", "", StringComparison.Ordinal)}</script></body>", StringComparison.Ordinal);
        string page = temp.Write($"{name}-probe.html", open);
        string frame = temp.Write(
            $"{name}-frame.html",
            $"<!DOCTYPE html><body><script>addEventListener('message', function (e) {{ document.getElementById('seen').textContent = e.data; }});</script><pre id=\"seen\"></pre><iframe src=\"{new Uri(page).AbsoluteUri}\" style=\"border:0;width:{width}px;height:900px\"></iframe></body>");
        string output = await BrowserTests.DumpAsync(frame, temp[$"{name}-profile"]);
        Match found = Seen().Match(output);
        Assert.True(found.Success, output.Length > 2000 ? output[..2000] : output);
        using JsonDocument json = JsonDocument.Parse(WebUtility.HtmlDecode(found.Groups[1].Value));
        return json.RootElement.Clone();
    }

    [GeneratedRegex("<pre id=\"seen\">(\\{.*?\\})</pre>", RegexOptions.Singleline)]
    private static partial Regex Seen();
}
