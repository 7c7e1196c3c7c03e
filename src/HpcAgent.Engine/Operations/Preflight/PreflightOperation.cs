using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Preflight;

namespace HpcAgent.Engine.Operations.Preflight;

/// <summary>Looks whether runs can be sent to a cluster. A check that fails is an answer and no error.</summary>
public sealed class PreflightOperation : Operation<PreflightRequest, PreflightResult>
{
    private const int FailedExitCode = 2;

    /// <inheritdoc />
    public override string Name => "preflight";

    /// <inheritdoc />
    public override string Summary => "Looks whether runs can be sent to a cluster.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override PreflightRequest? EmptyRequest => new();

    /// <inheritdoc />
    protected override JsonTypeInfo<PreflightRequest> RequestType => RequestJson.Default.PreflightRequest;

    /// <inheritdoc />
    public override async Task<PreflightResult> ExecuteAsync(PreflightRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        string name = request.Cluster ?? "local";
        DateTimeOffset now = context.Clock.GetUtcNow();
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0)
            throw context.UnknownCluster(name);
        PreflightCache cache = new(context.State, context.Clock);
        string key = name == "local" ? name : PreflightCache.KeyOf(FileOf(context));
        if (!request.Force && cache.Read(name, key, request.Job) is { } known)
            return new PreflightResult { Cluster = name, Checks = known.Checks, CheckedAt = known.CheckedAt, IsCached = true };
        (IReadOnlyList<ClusterCheck> found, Wire wire) = await LookAsync(name, request.Job, context, cancellationToken);
        await cache.WriteAsync(name, new PreflightRecord(PreflightRecord.Current, key, request.Job, now, found), cancellationToken);
        PreflightResult result = new() { Cluster = name, Checks = found, Wire = wire, CheckedAt = now };
        if (!result.AllOk) context.ExitCode = FailedExitCode;
        return result;
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, PreflightResult result)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("all_ok"u8, result.AllOk);
        writer.WriteString("cluster"u8, result.Cluster);
        writer.WriteStartArray("checks"u8);
        foreach (ClusterCheck check in result.Checks)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, check.Name);
            writer.WriteBoolean("ok"u8, check.State != ClusterCheckState.Failed);
            writer.WriteString("detail"u8, check.Message);
            writer.WriteString("state"u8, check.State.ToString().ToLowerInvariant());
            if (check.Remediation is { } remedy) writer.WriteString("remediation"u8, remedy);
            if (check.Elapsed is { } elapsed) writer.WriteNumber("elapsed_ms"u8, Math.Round(elapsed.TotalMilliseconds, 1));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteBoolean("cached"u8, result.IsCached);
        ResultJson.WriteTime(writer, "checked_at", result.CheckedAt);
        ResultJson.WriteWire(writer, result.Wire);
        writer.WriteEndObject();
    }

    private static async Task<(IReadOnlyList<ClusterCheck> Checks, Wire Wire)> LookAsync(
        string name, bool withJob, OperationContext context, CancellationToken cancellationToken)
    {
        CheckList checks = new(name, context.Clock);
        if (name != "local" && !ConfigurationChecks.Look(checks, context.Sites, name)) return (checks.Checks, new Wire());
        ICluster cluster;
        try
        {
            cluster = context.Cluster(name);
        }
        catch (HpcException e) when (e.Code == ErrorCode.ConfigInvalid)
        {
            checks.Fail(CheckName.ConfigurationValid, e.Message, e.Remediation);
            return (checks.Checks, new Wire());
        }
        ClusterCheckup checkup = await cluster.CheckAsync(withJob, cancellationToken);
        checks.Add(checkup.Checks);
        return (checks.Checks, checkup.Wire);
    }

    // A path that cannot be used is a finding, and comes up again among the checks.
    private static string? FileOf(OperationContext context)
    {
        try
        {
            return context.Sites.FilePath;
        }
        catch (HpcException)
        {
            return null;
        }
    }
}
