using System.Globalization;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Cluster.Tests;

/// <summary>A report of a run on real schedulers, with planted failures, beside what the verbs say.</summary>
[Collection("cluster")]
public sealed class ReportTests
{
    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_report_has_the_counts_causes_and_means_of_the_other_verbs(string scheduler)
    {
        TestCluster.Need(scheduler);
        if (scheduler == "sge") TestCluster.NeedTime();
        using ClusterSandbox sandbox = new(scheduler);
        sandbox.Write("task.sh", """
            case $1:$2 in
              64:*) echo 'numpy.core._exceptions._ArrayMemoryError: Unable to allocate 6 GiB'; exit 1 ;;
              *:5) echo waiting; sleep 100 ;;
              *:3) echo "ValueError: no seed 3"; exit 3 ;;
            esac
            printf '{"loss": %s.%s1, "n_samples": %s}' "$1" "$2" "$2" >"$RESULT_DIR/metrics.json"
            """);
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "sh task.sh {loss_mean} {seed}",
            task_generator = new { kind = "cartesian_product", @params = new { axes = new { loss_mean = new[] { 16, 32, 64 }, seed = Enumerable.Range(1, 6) } } },
            walltime = "3s",
            // Each task has a limit of its own there, which a scheduler that counts in minutes does not round.
            tasks_per_element = 6,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("failed", (await sandbox.WaitAsync(submitted.RunId)).State);

        string path = Path.Combine(Path.GetDirectoryName(sandbox.Experiment)!, "report.html");
        Answer written = await AskAsync(sandbox, submitted.RunId, "export-report", "--output", path, "--by", "loss_mean");
        Assert.True(written.Data.GetProperty("partial").GetBoolean());
        XElement page = Read(path);

        Answer status = await sandbox.StatusAsync(submitted.RunId);
        string[] tiles = [.. page.Descendants("ul").Single(u => u.Attribute("class")?.Value == "tiles").Elements().Select(t => t.Value)];
        Assert.Equal(["18 tasks", $"{status.Count("complete")} complete", $"{status.Count("failed")} failed", $"{status.Count("timeout")} timeout"], tiles);
        Assert.Equal((8, 8, 2), (status.Count("complete"), status.Count("failed"), status.Count("timeout")));

        JsonElement[] groups = [.. (await AskAsync(sandbox, submitted.RunId, "failures")).Data.GetProperty("clusters").EnumerateArray()];
        Assert.Equal(
            groups.Select(g => $"{g.GetProperty("count")} × {g.GetProperty("category").GetString()!.Replace('_', ' ').Replace("system oom", "system out of memory", StringComparison.Ordinal)}: {g.GetProperty("cause").GetString()}"),
            page.Descendants("article").Select(a => a.Element("h3")!.Value));
        Assert.Equal(["code_bug", "system_oom", "walltime"], groups.Select(g => g.GetProperty("category").GetString()!).Order(StringComparer.Ordinal));

        // A parameter called like a statistic is in no one's way.
        JsonElement aggregate = (await AskAsync(sandbox, submitted.RunId, "aggregate-flow", "--by", "loss_mean")).Data.GetProperty("aggregate");
        XElement table = Table(page, "Aggregate");
        Assert.Equal(["loss_mean", "TaskCount", "MissingCount", "loss", "loss_sd", "loss_n"], table.Descendants("th").Select(t => t.Value));
        string[] rows = [.. aggregate.GetProperty("groups").EnumerateArray().Select(g => string.Join(' ', Row(g)))];
        Assert.Equal(rows, table.Descendants("tbody").Elements("tr").Select(r => string.Join(' ', r.Elements("td").Select(c => c.Value))));
        Assert.Equal(2, Table(page, "loss by loss_mean").Descendants("tbody").Elements("tr").Count());
    }

    private static IEnumerable<string> Row(JsonElement group)
    {
        yield return group.GetProperty("key").GetProperty("loss_mean").ToString();
        yield return group.GetProperty("task_count").ToString();
        yield return group.GetProperty("missing_count").ToString();
        bool isThere = group.GetProperty("metrics").TryGetProperty("loss", out JsonElement metric);
        yield return isThere ? SignificantDigits.SixSignificantDigits(metric.GetProperty("mean").GetDouble()) : "";
        yield return isThere ? SignificantDigits.SixSignificantDigits(metric.GetProperty("sd").GetDouble()) : "";
        yield return isThere ? metric.GetProperty("count").GetInt64().ToString(CultureInfo.InvariantCulture) : "0";
    }

    private static async Task<Answer> AskAsync(ClusterSandbox sandbox, string run, string verb, params string[] more)
    {
        Answer answer = await sandbox.RunAsync([verb, "--run-id", run, "--experiment-dir", sandbox.Experiment, .. more]);
        Assert.True(answer.IsOk, answer.Json.ToString());
        return answer;
    }

    private static XElement Read(string path)
    {
        using XmlReader reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader).Root!;
    }

    private static XElement Table(XElement page, string name) => page.Descendants("div").First(d => d.Attribute("aria-label")?.Value == name);
}
