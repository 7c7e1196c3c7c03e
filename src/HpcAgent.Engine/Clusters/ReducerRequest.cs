namespace HpcAgent.Engine.Clusters;

/// <summary>How a user's own reducer is to run.</summary>
/// <param name="Command">Shell text, run in the code snapshot.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record ReducerRequest(string Command, TimeSpan Timeout)
{
    /// <summary>Variables for it, beside those of its contract.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The file that it writes, relative to the run's remote path, with slashes and inside of it; null for one in the run's folder.</summary>
    public string? OutputPath { get; init; }
}
