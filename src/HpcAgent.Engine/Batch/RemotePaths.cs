using System.Globalization;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Batch;

/// <summary>Where the parts of one run lie on a cluster, as its shells write it; <see cref="RunLayout"/> says the same of this machine.</summary>
/// <param name="Root">The folder below which all runs of the experiment live there: absolute, with slashes.</param>
/// <param name="RunId">The run.</param>
internal sealed record RemotePaths(string Root, string RunId)
{
    /// <summary>The folder of all runs.</summary>
    public string Runs => $"{Root}/.hpc/runs";

    /// <summary>The folder of all snapshots.</summary>
    public string Snapshots => $"{Root}/.hpc/snapshots";

    /// <summary>The folder of this run.</summary>
    public string Run => $"{Runs}/{RunId}";

    /// <summary>The results of its tasks.</summary>
    public string Results => $"{Run}/results";

    /// <summary>What elements themselves print.</summary>
    public string ElementOutput => $"{Run}/logs/elements";

    /// <summary>The log of one attempt of a task.</summary>
    public string TaskLog(long taskId, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Run}/logs/{taskId / RunLayout.ShardSize}/{taskId}.{Math.Max(1, attempt)}.log");

    /// <summary>The job script of an array.</summary>
    public string JobScript(int index) => string.Create(CultureInfo.InvariantCulture, $"{Run}/arrays/{index}.sh");

    /// <summary>The folder of a snapshot.</summary>
    public string Snapshot(string digest) => $"{Snapshots}/{digest}";
}
