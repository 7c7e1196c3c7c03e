namespace HpcAgent.Engine.Clusters;

/// <summary>What a user's own reducer did.</summary>
/// <param name="OutputPath">The JSON file that it wrote, on the cluster.</param>
/// <param name="Content">That file's bytes: valid JSON.</param>
/// <param name="ErrorTail">The end of what it printed on standard error.</param>
public sealed record ReducerResult(string OutputPath, ReadOnlyMemory<byte> Content, string ErrorTail);
