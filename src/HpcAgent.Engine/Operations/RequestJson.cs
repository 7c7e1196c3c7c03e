using System.Text.Json.Serialization;
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
using HpcAgent.Engine.Operations.Schemas;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Operations.Submit;

namespace HpcAgent.Engine.Operations;

/// <summary>Reads requests. Their schema was checked before; what it lets pass fits.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<WatchGoal>)],
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CapabilitiesRequest))]
[JsonSerializable(typeof(PreflightRequest))]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(VerifyCanaryRequest))]
[JsonSerializable(typeof(FindPriorRunRequest))]
[JsonSerializable(typeof(ListInFlightRequest))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(MonitorRequest))]
[JsonSerializable(typeof(MonitorSummaryRequest))]
[JsonSerializable(typeof(MonitorArmRequest))]
[JsonSerializable(typeof(ReconcileRequest))]
[JsonSerializable(typeof(LogsRequest))]
[JsonSerializable(typeof(FailuresRequest))]
[JsonSerializable(typeof(ResumeRequest))]
[JsonSerializable(typeof(AggregateRequest))]
[JsonSerializable(typeof(ClusterReduceRequest))]
[JsonSerializable(typeof(VerifyAggregationRequest))]
[JsonSerializable(typeof(EfficiencyRequest))]
[JsonSerializable(typeof(ReportRequest))]
public sealed partial class RequestJson : JsonSerializerContext;
