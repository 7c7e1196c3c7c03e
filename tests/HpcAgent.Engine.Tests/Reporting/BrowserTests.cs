using System.Diagnostics;
using System.Text.RegularExpressions;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Tests.Reporting;

public partial class BrowserTests
{
    /// <summary>The program, or null if there is none.</summary>
    internal static readonly string? Browser = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Join(folder, name))).FirstOrDefault(File.Exists);

    [SkippableFact]
    public async Task A_browser_shows_it_in_light_and_dark_without_a_complaint_and_without_a_request()
    {
        Skip.If(Browser is null, "no Chromium on this machine");
        using TempFolder temp = new();
        foreach ((string name, ReportData data) in Samples())
        {
            // Each look takes a browser of its own.
            int[] widths = name is "failed" ? [500, 1000, 1600] : [1000];
            string page = temp.Write($"{name}.html", ReportDocument.Write(data));
            foreach (int width in widths)
            {
                byte[] light = await LookAsync(page, temp[$"{name}-{width}-light.png"], width, isDark: false);
                byte[] dark = await LookAsync(page, temp[$"{name}-{width}-dark.png"], width, isDark: true);
                Assert.False(light.AsSpan().SequenceEqual(dark), "the setting of the reader makes no difference");
            }
        }
        Keep(temp.Root);
    }

    [SkippableFact]
    public async Task The_browser_would_tell_of_a_page_that_asks_for_something()
    {
        Skip.If(Browser is null, "no Chromium on this machine");
        using TempFolder temp = new();
        string html = ReportDocument.Write(Samples().First().Data).Replace("<main>", "<main><img src=\"http://127.0.0.1:9/x.png\"/><script>var a = 1;</script>", StringComparison.Ordinal);
        string log = await RunAsync(temp.Write("bad.html", html), temp["bad.png"], 800, isDark: false, temp["net.json"]);
        Assert.Contains("CONSOLE", log, StringComparison.Ordinal);
        string open = html.Replace("http-equiv", "name", StringComparison.Ordinal);
        _ = await RunAsync(temp.Write("open.html", open), temp["open.png"], 800, isDark: false, temp["net2.json"]);
        Assert.Contains("127.0.0.1:9", OfThePage(await File.ReadAllTextAsync(temp["net2.json"])));
    }

    /// <summary>Runs of all kinds.</summary>
    internal static IEnumerable<(string Name, ReportData Data)> Samples()
    {
        Run run = ReportSample.Run(240);
        Dictionary<string, object?[]> parameters = new() { ["lr"] = [0.1, 0.03, 0.01, 0.003, 0.001], ["optimizer"] = ["adam", "sgd", "rmsprop"], ["depth"] = [2L, 4L, 6L, 8L] };
        ReportData mixed = ReportSample.Data(run, ReportSample.Ledger(240, id => id % 11 == 0 ? TaskState.Failed : TaskState.Complete));
        yield return ("failed", ReportSample.WithResults(mixed, parameters, "loss", "accuracy") with
        {
            Failures =
            [
                ReportSample.Failure(run, 17, 22, "RuntimeError: CUDA out of memory. Tried to allocate <n> MiB", "epoch 1\nepoch 2\nRuntimeError: CUDA out of memory. Tried to allocate 512.00 MiB", ReportSample.Lift("lr", 0.1), ReportSample.Lift("depth", 8L)),
                ReportSample.Failure(run, 5, 22, "FileNotFoundError: no such file <script>alert(1)</script>", "x"),
            ],
            Notes = ["metrics are not drawn against seed: it has more than 100 values"],
        });
        yield return ("live", ReportSample.Data(ReportSample.Run(60), ReportSample.Ledger(60, id => id < 20 ? TaskState.Complete : id < 28 ? TaskState.Running : TaskState.Pending), null, LifecycleState.InFlight));
        yield return ("empty", ReportSample.Data(ReportSample.Run(1), ReportSample.Ledger(1, _ => TaskState.Pending)));
        yield return ("one", ReportSample.WithResults(ReportSample.Data(ReportSample.Run(1), ReportSample.Ledger(1, _ => TaskState.Complete)), new Dictionary<string, object?[]>(), "loss"));
        Dictionary<string, object?[]> many = new() { ["dataset"] = [.. Enumerable.Range(0, 20).Select(i => (object?)$"a-long-dataset-name-{i}")], ["seed"] = [.. Enumerable.Range(0, 80).Select(i => (object?)(long)(i * 1000))] };
        ReportData large = ReportSample.Data(ReportSample.Run(100_000), ReportSample.Ledger(100_000, id => id % 9 == 0 ? TaskState.Failed : TaskState.Complete, 200));
        yield return ("large", ReportSample.WithResults(large, many, [.. Enumerable.Range(0, 16).Select(i => $"metric_{i}")]));
    }

    private static async Task<byte[]> LookAsync(string page, string picture, int width, bool isDark)
    {
        string net = picture + ".json";
        string log = await RunAsync(page, picture, width, isDark, net);
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        string requests = await File.ReadAllTextAsync(net);
        Assert.Contains("file:///", requests, StringComparison.Ordinal);
        Assert.Empty(OfThePage(requests));
        return await File.ReadAllBytesAsync(picture);
    }

    // The browser asks its maker for updates whatever it is told.
    private static IEnumerable<string> OfThePage(string log) => Requests().Matches(log).Select(m => m.Groups[1].Value)
        .Where(host => !new[] { ".google.com", ".googleapis.com", ".gvt1.com" }.Any(own => host.EndsWith(own, StringComparison.Ordinal)));

    [GeneratedRegex("\"url\":\"(?:https?|wss?|ftp)://([^/\"]*)")]
    private static partial Regex Requests();

    private static async Task<string> RunAsync(string page, string picture, int width, bool isDark, string net)
    {
        ProcessStartInfo start = new(Browser!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in new[]
        {
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--enable-logging=stderr", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-extensions", "--no-first-run", "--disable-default-apps", $"--user-data-dir={picture}.profile", $"--blink-settings=preferredColorScheme={(isDark ? 0 : 1)}",
            $"--log-net-log={net}", $"--window-size={width},2600", $"--screenshot={picture}", new Uri(page).AbsoluteUri,
        }) start.ArgumentList.Add(argument);
        using Process browser = Process.Start(start)!;
        Task<string> output = browser.StandardOutput.ReadToEndAsync(), errors = browser.StandardError.ReadToEndAsync();
        await browser.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(File.Exists(picture), await errors);
        return await output + await errors;
    }

    /// <summary>What a page has become after its scripts have run.</summary>
    internal static async Task<string> DumpAsync(string page, string profile)
    {
        ProcessStartInfo start = new(Browser!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in new[]
        {
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-extensions",
            "--no-first-run", $"--user-data-dir={profile}", "--virtual-time-budget=5000", "--dump-dom", new Uri(page).AbsoluteUri,
        }) start.ArgumentList.Add(argument);
        using Process browser = Process.Start(start)!;
        Task<string> output = browser.StandardOutput.ReadToEndAsync(), errors = browser.StandardError.ReadToEndAsync();
        await browser.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        _ = await errors;
        return await output;
    }

    // For a person who wants to see them: HPC_KEEP_PICTURES names a folder.
    internal static void Keep(string folder)
    {
        if (Environment.GetEnvironmentVariable("HPC_KEEP_PICTURES") is not { Length: > 0 } target) return;
        _ = Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(folder).Where(f => f.EndsWith(".png", StringComparison.Ordinal) || f.EndsWith(".html", StringComparison.Ordinal)))
            File.Copy(file, Path.Join(target, Path.GetFileName(file)), overwrite: true);
    }
}
