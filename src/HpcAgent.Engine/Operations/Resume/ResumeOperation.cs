using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Operations.Failures;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Resume;

/// <summary>Sends failed tasks of a run again, with what they turned out to need.</summary>
public sealed class ResumeOperation : Operation<ResumeRequest, RunResumption>
{
    /// <inheritdoc />
    public override string Name => "resubmit";

    /// <inheritdoc />
    public override string Summary => "Sends failed tasks of a run again, with the memory, time and nodes that they turned out to need.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Workflow;

    /// <inheritdoc />
    protected override JsonTypeInfo<ResumeRequest> RequestType => RequestJson.Default.ResumeRequest;

    /// <inheritdoc />
    public override async Task<RunResumption> ExecuteAsync(ResumeRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        bool isDry = request.DryRun || request.SubmitToCluster == false;
        RunRecord found = await RunLookup.FindAsync(context, request.RunId, cancellationToken);
        ICluster cluster = context.Cluster(found.Run.Cluster);
        RunResumer resumer = new(RunLookup.Store(context), context.Clock, context.Steps);
        RetryPolicy policy = RetryPolicy.Read(request.AutoRetry ?? found.Sidecar?.AutoRetry);
        RetryOverrides overrides = Overrides(request, found.Run);
        if (!isDry && RunResumer.Earlier(found, request.RequestId) is { Intent.Plan: { } before })
            return await SendAsync(resumer, cluster, found, Empty(found) with { Plan = before }, request.RequestId, cancellationToken);
        await cluster.PrepareAsync(isFresh: false, cancellationToken);
        DiagnosedRun run = await DiagnosedRun.LookAsync(context, request.RunId, null, cancellationToken);
        if (!run.View.IsVerified)
            throw new HpcException(ErrorCode.ClusterTimeout, $"where the run {request.RunId} stands cannot be verified now: {string.Join(" ", run.Status.Warnings)}", "Try again when the cluster answers; nothing was sent.");
        RunResumption plan = new RetryPlanner(cluster, run.Record, run.View, policy, overrides).Plan([.. run.Groups().Where(g => IsMeant(request, g))]);
        plan = plan with { Wire = run.Status.Wire };
        return isDry || plan.Plan is null ? plan : await SendAsync(resumer, cluster, run.Record, plan, request.RequestId, cancellationToken);
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, RunResumption result) => ResumeJson.Write(writer, result);

    private static async Task<RunResumption> SendAsync(
        RunResumer resumer, ICluster cluster, RunRecord record, RunResumption resumption, string? requestId, CancellationToken cancellationToken)
    {
        (RunPlan plan, IReadOnlyList<string> ids, bool known, Wire wire) = await resumer.SendAsync(cluster, record, resumption.Plan!, requestId, cancellationToken);
        // What was begun before is what was done, and not what would be done now.
        bool isOther = !ReferenceEquals(plan, resumption.Plan);
        RunResumption done = isOther ? Empty(record) with { Plan = plan } : resumption;
        if (done.Groups.Count == 0) done = done with { Groups = GroupsOf(plan), ExcludedNodes = plan.Arrays[0].ExcludedNodes };
        return done with { JobIds = ids, Deduplicated = known, Wire = resumption.Wire.Plus(wire) };
    }

    private static ResumeGroup[] GroupsOf(RunPlan plan) => [.. plan.Arrays.GroupBy(a => (a.Cause, a.Reason)).Select(g => new ResumeGroup
    {
        Category = g.Key.Cause ?? FailureCategory.Unknown,
        Reason = g.Key.Reason ?? "",
        Resources = g.First().Resources ?? plan.Resources,
        TaskId = [.. g.SelectMany(a => a.TaskIds ?? []).SelectMany(r => Enumerable.Range(0, checked((int)r.Count)).Select(i => r.First + i))],
    })];

    private static RunResumption Empty(RunRecord record) => new() { RunId = record.Run.RunId, Cluster = record.Run.Cluster, ExperimentPath = record.Run.ExperimentPath };

    private static bool IsMeant(ResumeRequest request, FailureGroup group) => request.Category is null || FailureCategoryName.Of(group.Category) == request.Category;

    private static RetryOverrides Overrides(ResumeRequest request, Run run)
    {
        if (request.Category is { } category && FailureCategoryName.Parse(category) is null)
        {
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"there is no kind of failure '{category}'{NearestName.Suggestion(category, FailureCategoryName.All.Select(FailureCategoryName.Of))}",
                $"Use one of {string.Join(", ", FailureCategoryName.All.Select(FailureCategoryName.Of))}.");
        }
        DiagnosedRun.RefuseUnknown(run, request.FailedTaskIds);
        return new RetryOverrides
        {
            TaskIds = request.FailedTaskIds?.ToHashSet(),
            IsForced = request.Force,
            MemoryBytes = request.Overrides?.Memory is { } memory ? MemorySize.Parse(memory) : null,
            Walltime = request.Overrides?.Walltime is { } time ? Walltime.Parse(time) : null,
            ExcludedNodes = request.Overrides?.ExcludeNodes,
            MaxConcurrentCount = request.MaxConcurrent,
        };
    }
}
