using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>What a reducer made, and where its file was put.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Reduced">What it did; its exit code may be other than 0.</param>
/// <param name="LocalPath">The copy of its file on this machine; null if it failed.</param>
public sealed record ClusterReduceResult(string RunId, ReducerResult Reduced, string? LocalPath);

/// <summary>Runs the user's own reducer where the results are (reference 5.8). One that fails is an answer and no error.</summary>
public sealed class ClusterReduceOperation : Operation<ClusterReduceRequest, ClusterReduceResult>
{
    private const int UsualTimeout = 1800;
    private const int FailedExitCode = 2;

    /// <inheritdoc />
    public override string Name => "cluster-reduce";

    /// <inheritdoc />
    public override string Summary => "Runs your own reducer where the results are, and brings the one file that it writes.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Workflow;

    /// <inheritdoc />
    protected override JsonTypeInfo<ClusterReduceRequest> RequestType => RequestJson.Default.ClusterReduceRequest;

    /// <inheritdoc />
    public override async Task<ClusterReduceResult> ExecuteAsync(ClusterReduceRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        RunRecord record = await RunLookup.FindAsync(context, request.RunId, cancellationToken);
        string command = request.AggregateCmd ?? AggregateOperation.DeclaredReducer(record)
            ?? throw new HpcException(ErrorCode.SpecInvalid, $"the run {request.RunId} declares no reducer", "Give aggregate_cmd.");
        ReducerRequest job = new(command, TimeSpan.FromSeconds(request.TimeoutSec ?? UsualTimeout))
        {
            Environment = ExtraVariables.Read(request.ExtraEnv),
            OutputPath = OutputPath(request),
        };
        string folder = Path.GetFullPath(request.LocalDir ?? Path.Combine("_aggregated", record.Run.RunId), context.ExperimentPath);
        ReducerResult reduced = await context.Cluster(record.Run.Cluster).ReduceAsync(record.Run, job, cancellationToken);
        if (reduced.ExitCode != 0)
        {
            context.ExitCode = FailedExitCode;
            return new ClusterReduceResult(record.Run.RunId, reduced, null);
        }
        string local = Path.Combine(folder, job.OutputPath is { } path ? path[(path.LastIndexOf('/') + 1)..] : "reduced.json");
        // The reducer's own file, where it is to be.
        if (local != reduced.OutputPath) await DurableFile.WriteAsync(local, reduced.Content, cancellationToken);
        return new ClusterReduceResult(record.Run.RunId, reduced, local);
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, ClusterReduceResult result)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("ok"u8, result.Reduced.ExitCode == 0);
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteString("output_path_remote"u8, result.Reduced.OutputPath);
        writer.WriteString("output_path_local"u8, result.LocalPath);
        writer.WritePropertyName("reduced"u8);
        if (result.Reduced.Content.IsEmpty)
        {
            writer.WriteNullValue();
        }
        else
        {
            // Written anew: the reducer may have put line breaks into it, and an answer is one line.
            using JsonDocument content = JsonDocument.Parse(result.Reduced.Content);
            content.RootElement.WriteTo(writer);
        }
        writer.WriteNumber("exit_code"u8, result.Reduced.ExitCode);
        writer.WriteString("stderr_tail"u8, result.Reduced.ErrorTail);
        writer.WriteEndObject();
    }

    // What lies there before is removed, so that it cannot be anything but a file of the experiment's own.
    private static string? OutputPath(ClusterReduceRequest request)
    {
        if (request.OutputPath is not { } template) return null;
        string path = template.Replace("{run_id}", request.RunId, StringComparison.Ordinal);
        bool isInside = !path.StartsWith('/') && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
            && path.Split('/').All(part => part is not ("" or "." or "..")) && path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        bool isState = path.StartsWith(".hpc/", StringComparison.Ordinal);
        return isInside && !isState
            ? path
            : throw new HpcException(ErrorCode.SpecInvalid, $"output_path cannot be '{template}'", "Give a path of a .json file relative to the run's remote path, with slashes, without '..', and not below .hpc.");
    }
}
