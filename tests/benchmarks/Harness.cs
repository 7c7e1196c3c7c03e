namespace HpcAgent.Benchmarks;

/// <summary>Measures all figures round by round and reports.</summary>
internal static class Harness
{
    private static readonly IFigure[] s_figures = [new StartUp(), new PlanMillion(), new LocalThroughput(), new ReduceFiles(), new ReducePacked(), new ExactCost(), new Pack(), new ModuleCost(), new FarSubmission(), new ArrayOnSlurm(), new ManyOnSlurm(), new PollOfMany(), new DiagnoseMany(), new Accounting()];

    /// <summary>Runs this program with a verb, in a fresh process.</summary>
    public static Task<Measured> SelfAsync(params string[] arguments) =>
        Child.RunAsync(Path.Combine(AppContext.BaseDirectory, "HpcAgent.Benchmarks"), arguments);

    public static async Task<int> RunAsync(Settings settings)
    {
        Report report = new(await Peers.VersionsAsync(settings), settings);
        foreach (IFigure figure in s_figures)
        {
            if ((figure.IsExtra && !settings.HasAll && settings.Only.Length == 0) || !figure.Name.Contains(settings.Only, StringComparison.Ordinal)) continue;
            Samples samples = new();
            string before = Report.Load();
            for (int round = 1; round <= settings.Rounds; round++)
            {
                await Console.Error.WriteLineAsync($"{figure.Name}: round {round} of {settings.Rounds}, load {Report.Load()}");
                await figure.MeasureAsync(settings, samples);
            }
            report.Add(figure, samples, $"{before} to {Report.Load()}");
            // Each time, so that hours of measuring are not lost with the last figure.
            await report.WriteJsonAsync();
            if (settings.Document.Length > 0) await report.WriteDocumentAsync();
        }
        report.Print();
        return report.IsAllMet ? 0 : 2;
    }
}
