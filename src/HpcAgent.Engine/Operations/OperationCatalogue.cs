using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Operations.Canary;
using HpcAgent.Engine.Operations.Capabilities;
using HpcAgent.Engine.Operations.Efficiency;
using HpcAgent.Engine.Operations.Failures;
using HpcAgent.Engine.Operations.Logs;
using HpcAgent.Engine.Operations.Preflight;
using HpcAgent.Engine.Operations.Prior;
using HpcAgent.Engine.Operations.Report;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Operations.Submit;

namespace HpcAgent.Engine.Operations;

/// <summary>All operations, from which the faces are made.</summary>
public static class OperationCatalogue
{
    /// <summary>The operations in the order of the flow.</summary>
    public static IReadOnlyList<IOperation> All { get; } =
    [
        new CapabilitiesOperation(),
        new PreflightOperation(),
        new SubmitOperation(),
        new VerifyCanaryOperation(),
        new FindPriorRunOperation(),
        new ListInFlightOperation(),
        new StatusOperation(),
        new MonitorOperation(),
        new MonitorSummaryOperation(),
        new MonitorArmOperation(),
        new ReconcileOperation(),
        new LogsOperation(),
        new FailuresOperation(),
        new ResumeOperation(),
        new AggregateOperation(),
        new ClusterReduceOperation(),
        new VerifyAggregationOperation(),
        new EfficiencyOperation(),
        new ReportOperation(),
    ];
}
