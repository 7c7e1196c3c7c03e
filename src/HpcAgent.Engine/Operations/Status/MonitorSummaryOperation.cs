using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>A digest of a run for a person, from the journal alone: the same bytes as long as the journal says the same (reference 5.10).</summary>
public sealed class MonitorSummaryOperation : Operation<MonitorSummaryRequest, MonitorSummary>
{
    /// <inheritdoc />
    public override string Name => "monitor-summary";

    /// <inheritdoc />
    public override string Summary => "Tells from the journal alone how a run stands, in words for a person.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<MonitorSummaryRequest> RequestType => RequestJson.Default.MonitorSummaryRequest;

    /// <inheritdoc />
    public override async Task<MonitorSummary> ExecuteAsync(
        MonitorSummaryRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        RunRecord? record = await RunLookup.Store(context).FindAsync(RunId.Require(request.RunId), cancellationToken);
        return Of(request.RunId, record is { Journal.Submissions.Count: > 0 } ? record : null);
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, MonitorSummary result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteString("lifecycle_state"u8, result.State is { } state ? ResultJson.Name(state) : null);
        writer.WriteString("headline"u8, result.Headline);
        writer.WriteString("body"u8, result.Body);
        writer.WriteString("armed_hint"u8, result.ArmedHint);
        writer.WriteBoolean("journal_missing"u8, result.State is null);
        ResultJson.WriteNextCheck(writer, TimeSpan.FromSeconds(result.CadenceSeconds));
        writer.WriteEndObject();
    }

    // Nothing in it may depend on the time of the question.
    private static MonitorSummary Of(string runId, RunRecord? record)
    {
        if (record is null)
            return new(runId, null, $"run_id={runId} \u2014 first tick, no journal entry yet", "", Hint(MonitorArm.Default), MonitorArm.Default);
        Run run = record.Run;
        TaskCounts counts = record.Journal.Counts ?? new TaskCounts { PendingCount = run.TaskCount };
        string body = Body(run, counts, record.Journal.LastObserved == LifecycleState.UnableToVerify);
        if (!record.Journal.IsLive)
            return new(runId, run.State, $"run_id={runId} reached terminal state: {ResultJson.Name(run.State)}", body, "nothing is left to watch", 0);
        string headline = string.Create(
            CultureInfo.InvariantCulture,
            $"run_id={runId} in flight \u2014 complete={counts.CompleteCount} running={counts.RunningCount} pending={counts.PendingCount + counts.HeldCount} failed={counts.UnsuccessfulCount} / total={counts.TotalCount}");
        int cadence = counts.PendingCount + counts.HeldCount == counts.TotalCount ? MonitorArm.AllPending : MonitorArm.Default;
        return new(runId, run.State, headline, body, Hint(cadence), cadence);
    }

    private static string Body(Run run, TaskCounts counts, bool isDoubtful)
    {
        List<string> lines =
        [
            $"cluster  {run.Cluster}",
            $"tasks    {counts}",
            $"command  {run.Command}",
        ];
        if (isDoubtful) lines.Add("note     the cluster could not be asked the last time");
        return string.Join('\n', lines);
    }

    private static string Hint(int seconds) => string.Create(CultureInfo.InvariantCulture, $"look again in {seconds} s; decide-monitor-arm says how to be woken");
}

/// <summary>A digest of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="State">Its state in the journal; null if there is no journal.</param>
/// <param name="Headline">One line.</param>
/// <param name="Body">More lines.</param>
/// <param name="ArmedHint">What to do next about watching.</param>
/// <param name="CadenceSeconds">When to look again, in seconds; 0 for never.</param>
public sealed record MonitorSummary(string RunId, LifecycleState? State, string Headline, string Body, string ArmedHint, int CadenceSeconds);
