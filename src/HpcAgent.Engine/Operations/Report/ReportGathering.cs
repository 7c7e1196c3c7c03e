using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Operations.Failures;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Operations.Report;

/// <summary>Gathers what a report tells from the operations that also answer for it alone.</summary>
internal static class ReportGathering
{
    private const int MostParameters = 6;

    /// <summary>Looks at a run and gathers all that its report tells.</summary>
    public static async Task<ReportData> GatherAsync(ReportRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        DiagnosedRun run = await DiagnosedRun.LookAsync(context, request.RunId, null, cancellationToken, wantsUsage: true);
        (RunView view, RunStatus status) = (run.View, run.Status);
        IEnumerable<RunTaskStatus> tasks = Ids(view.Ledger.TaskCount).Select(id => view.Ledger.ToStatus(view.Run.RunId, id, status.ObservedAt));
        ReportData data = new()
        {
            Run = run.Record.Run,
            Status = status,
            Plan = run.Record.Sidecar?.Plan,
            Efficiency = EfficiencyReport.Of(run.Record.Run, new AskedResources(run.Record.Sidecar?.Plan, run.Record.Arrays), tasks),
            Tasks = TaskProfile.Of(tasks, run.Record.Run.SubmittedAt, status.EndedAt ?? status.ObservedAt),
            Failures = run.Groups(),
        };
        return await WithResultsAsync(request, context, data, run, cancellationToken);
    }

    private static async Task<ReportData> WithResultsAsync(
        ReportRequest request, OperationContext context, ReportData data, DiagnosedRun run, CancellationToken cancellationToken)
    {
        RunResults? fetched = null;
        Aggregate all;
        try
        {
            fetched = await FetchAsync(context, run, cancellationToken);
            all = await fetched.AggregateAsync(request.By, [], cancellationToken);
        }
        catch (HpcException e) when (request.By is null && e.Code != ErrorCode.SpecInvalid)
        {
            // What was seen of the tasks is worth a report too; the error is told in it.
            fetched?.Dispose();
            return data with { WhyNoAggregate = e.Message };
        }
        using RunResults results = fetched;
        // No metric of the name is wrong only where there are any.
        IReadOnlyList<string> wanted = all.Groups.Any(g => g.Metrics.Count > 0) ? request.Metrics ?? [] : [];
        (AggregateTable table, IReadOnlyList<string> renamed) = AggregateRows.CreateDistinct(all, wanted);
        data = data with { Aggregate = all, Table = table, Metrics = AggregateRows.Chosen(AggregateRows.MetricNames(all), wanted), Notes = renamed };
        return data.Metrics.Count == 0 ? data : await WithPanelsAsync(data, all, results, run.View, cancellationToken);
    }

    private static async Task<ReportData> WithPanelsAsync(
        ReportData data, Aggregate all, RunResults results, RunView view, CancellationToken cancellationToken)
    {
        List<string> notes = [.. data.Notes];
        List<string> drawn = [];
        foreach ((string name, string? why) in ParameterChoice.Among(ParameterChoice.Of(view.Layout.Tasks, all.GroupBy), MostParameters))
        {
            if (why is null) drawn.Add(name);
            else notes.Add($"metrics are not drawn against {name}: {why}");
        }
        List<ParameterAggregate> panels = [];
        foreach (string name in drawn)
        {
            bool isSame = all.GroupBy is [{ } only] && only == name;
            panels.Add(new ParameterAggregate(name, isSame ? all : await results.AggregateAsync([name], [], cancellationToken)));
        }
        Aggregate? overall = data.Metrics.Count <= ResultSection.MostMetrics ? null
            : all.GroupBy.Count == 0 ? all : await results.AggregateAsync([], [], cancellationToken);
        return data with { Parameters = panels, Overall = overall, Notes = notes };
    }

    // Once for all statistics, so that they rest on the same tasks. (A reducer of the user's own makes a file of its own; a report is of the statistics.)
    private static async Task<RunResults> FetchAsync(OperationContext context, DiagnosedRun run, CancellationToken cancellationToken)
    {
        _ = await RunLookup.LookAgainAsync(context, run.Record, run.View, cancellationToken, ResultSelection.Packed);
        return RunResults.OfView(run.Record, run.View);
    }

    private static IEnumerable<long> Ids(long count)
    {
        for (long id = 0; id < count; id++) yield return id;
    }
}
