using HpcAgent.Engine.Schedulers.GridEngine;
using HpcAgent.Engine.Schedulers.Slurm;

namespace HpcAgent.Engine.Schedulers;

/// <summary>The dialects by name.</summary>
public static class SchedulerFactory
{
    /// <summary>The kinds that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["slurm", "sge"];

    /// <summary>The dialect of a kind of scheduler.</summary>
    /// <param name="kind"><c>slurm</c> or <c>sge</c>.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: there is no such kind.</exception>
    public static IScheduler Create(string kind) => kind switch
    {
        "slurm" => new SlurmScheduler(),
        "sge" => new GridEngineScheduler(),
        _ => throw new HpcException(
            ErrorCode.ConfigInvalid, $"the scheduler '{kind}' is not known", $"Write one of {string.Join(", ", Kinds)} as the key 'scheduler' in clusters.yaml."),
    };
}
