using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Waits for a canary and judges it. One that did not pass is an answer and no error.</summary>
public sealed class VerifyCanaryOperation : Operation<VerifyCanaryRequest, CanaryVerdict>
{
    private const double UsualBudget = 1800;
    private const int FailedExitCode = 2;

    /// <inheritdoc />
    public override string Name => "verify-canary";

    /// <inheritdoc />
    public override string Summary => "Waits for a canary, the one task that is sent before a run, and judges it.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Workflow;

    /// <inheritdoc />
    protected override JsonTypeInfo<VerifyCanaryRequest> RequestType => RequestJson.Default.VerifyCanaryRequest;

    /// <inheritdoc />
    public override async Task<CanaryVerdict> ExecuteAsync(VerifyCanaryRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        CanaryExamination examination = new(context, request.CanaryRunId, request.ExpectOutput ?? []);
        CanaryVerdict verdict = await examination.WaitAsync(
            TimeSpan.FromSeconds(request.WaitBudgetSec ?? UsualBudget), request.PollIntervalSec, cancellationToken);
        if (!verdict.Passed) context.ExitCode = FailedExitCode;
        return verdict;
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, CanaryVerdict result)
    {
        writer.WriteStartObject();
        CanaryJson.WriteVerdict(writer, result);
        ResultJson.WriteNextCheck(writer, LookPace.Unseen(result.State, result.Cluster, TimeSpan.FromMinutes(1)));
        writer.WriteEndObject();
    }
}
