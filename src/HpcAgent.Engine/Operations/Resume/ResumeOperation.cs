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
    public override Task<RunResumption> ExecuteAsync(ResumeRequest request, OperationContext context, CancellationToken cancellationToken) =>
        ExecuteAsync(request, context, _ => Task.FromResult(true), cancellationToken);

    /// <summary>Carries the request out, if it is confirmed once its plan is known.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="confirm">Told what would run again; false if it shall not be sent.</param>
    /// <param name="cancellationToken">Stops it at the next safe point.</param>
    /// <returns>What was sent; without ids of jobs if nothing was.</returns>
    /// <exception cref="HpcException">It cannot be carried out.</exception>
    public static async Task<RunResumption> ExecuteAsync(
        ResumeRequest request, OperationContext context, Func<RunResumption, Task<bool>> confirm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(confirm);
        RunRecord found = await RunLookup.FindAsync(context, request.RunId, cancellationToken);
        ICluster cluster = context.Cluster(found.Run.Cluster);
        bool isDry = request.DryRun || request.SubmitToCluster == false;
        JournalSubmission? earlier = isDry ? null : RunResumer.Earlier(found, request.RequestId);
        (RunRecord record, RunResumption resumption) = earlier?.Intent.Plan is { } begun ? (found, Of(found, begun)) : await PlanAsync(request, context, found, cluster, cancellationToken);
        if (isDry || resumption.Plan is null) return resumption;
        // What was done already need not be confirmed again.
        if (earlier?.Stage != SubmissionStage.Submitted && !await confirm(resumption)) return resumption;
        (RunPlan plan, IReadOnlyList<string> ids, bool known, Wire wire) = await new RunResumer(RunLookup.Store(context), context.Clock, context.Steps)
            .SendAsync(cluster, record, resumption.Plan, request.RequestId, cancellationToken);
        // What was begun before is what was done, and not what would be done now.
        RunResumption done = ReferenceEquals(plan, resumption.Plan) ? resumption : Of(record, plan);
        return done with { JobIds = ids, Deduplicated = known, Wire = resumption.Wire.Plus(wire) };
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, RunResumption result) => ResumeJson.Write(writer, result);

    private static async Task<(RunRecord Record, RunResumption Resumption)> PlanAsync(
        ResumeRequest request, OperationContext context, RunRecord found, ICluster cluster, CancellationToken cancellationToken)
    {
        RetryPolicy policy = RetryPolicyReader.TryRead(request.AutoRetry ?? found.Sidecar?.AutoRetry) ?? new RetryPolicy();
        RetryOverrides overrides = Overrides(request, found.Run);
        await cluster.PrepareAsync(isFresh: false, cancellationToken);
        DiagnosedRun run = await DiagnosedRun.LookAsync(context, request.RunId, null, cancellationToken);
        if (!run.View.IsVerified)
            throw new HpcException(ErrorCode.ClusterTimeout, $"where the run {request.RunId} stands cannot be verified now: {string.Join(" ", run.Status.Warnings)}", "Try again when the cluster answers; nothing was sent.");
        RunResumption plan = new RetryPlanner(cluster, run.Record, run.View, policy, overrides).Plan([.. run.Groups().Where(g => IsMeant(request, g))]);
        return (run.Record, plan with { Wire = run.Status.Wire });
    }

    private static ResumeGroup[] GroupsOf(RunPlan plan) => [.. plan.Arrays.GroupBy(a => (a.Cause, a.Reason, a.Resources)).Select(g => new ResumeGroup
    {
        Category = g.Key.Cause ?? FailureCategory.Unknown,
        Reason = g.Key.Reason ?? "",
        Resources = g.First().Resources ?? plan.Resources,
        Options = g.First().Options,
        TaskId = [.. g.SelectMany(a => a.TaskIds ?? []).SelectMany(r => Enumerable.Range(0, checked((int)r.Count)).Select(i => r.First + i))],
    })];

    /// <summary>What a plan that was begun or carried out sends again.</summary>
    internal static RunResumption Of(RunRecord record, RunPlan plan) => new()
    {
        RunId = record.Run.RunId,
        Cluster = record.Run.Cluster,
        ExperimentPath = record.Run.ExperimentPath,
        Groups = GroupsOf(plan),
        ExcludedNodes = plan.Arrays[0].ExcludedNodes,
        Plan = plan,
    };

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
        KnownTasks.Require(run, request.FailedTaskIds);
        return new RetryOverrides
        {
            TaskIds = request.FailedTaskIds?.ToHashSet(),
            IsForced = request.Force,
            MemoryBytes = request.Overrides?.Memory is { } memory ? MemorySize.Parse(memory) : null,
            Walltime = request.Overrides?.Walltime is { } time ? Walltime.Parse(time) : null,
            Gpus = request.Overrides?.Gpus,
            Place = new RetryPlace(request.Overrides?.Partition, request.Overrides?.Qos, request.Overrides?.Constraint, request.Overrides?.Queue, request.Overrides?.GpuType),
            ExcludedNodes = request.Overrides?.ExcludeNodes,
            MaxConcurrentCount = request.MaxConcurrent,
        };
    }
}
