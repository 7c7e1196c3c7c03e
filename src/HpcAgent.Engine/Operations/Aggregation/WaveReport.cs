using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>How far the waves of a run are packed; all lists ascending.</summary>
public sealed record WaveReport
{
    /// <summary>Waves that are packed and of which every task is complete.</summary>
    public IReadOnlyList<int> Combined { get; init; } = [];

    /// <summary>Waves that are packed as far as their tasks are complete.</summary>
    public IReadOnlyList<int> Partial { get; init; } = [];

    /// <summary>Waves that could not be packed, with the reason.</summary>
    public IReadOnlyList<WaveFault> Failed { get; init; } = [];

    /// <summary>Waves that this call packed.</summary>
    public IReadOnlyList<int> CombinedThisCall { get; init; } = [];

    /// <summary>The absolute folder of the packs on this machine; null if the metrics were read file by file.</summary>
    public string? Folder { get; init; }

    /// <summary>The scheduler's id of the job that packs them just now, or null.</summary>
    public string? PackingJobId { get; init; }

    /// <summary>What a look has shown.</summary>
    /// <param name="view">The run.</param>
    internal static WaveReport Of(RunView view)
    {
        if (view.Packed is not { } packed) return new WaveReport();
        TaskIdRange[] waves = [.. RunWaves.Of(view.Run.TaskCount)];
        ILookup<bool, int> byCompletion = packed.Waves.ToLookup(wave => IsComplete(view, waves[wave.Index]), wave => wave.Index);
        return new WaveReport
        {
            Combined = [.. byCompletion[true]],
            Partial = [.. byCompletion[false]],
            Failed = packed.Failed,
            CombinedThisCall = [.. packed.Waves.Where(wave => wave.IsFresh).Select(wave => wave.Index)],
            Folder = packed.Folder,
            PackingJobId = packed.JobId,
        };
    }

    private static bool IsComplete(RunView view, TaskIdRange tasks)
    {
        for (long id = tasks.First; id < tasks.First + tasks.Count; id++)
            if (view.Ledger[id] != TaskState.Complete) return false;
        return true;
    }
}
