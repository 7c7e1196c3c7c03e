using System.Text.Json.Serialization;

namespace HpcAgent.Engine.Local;

/// <summary>Everything that the supervisor has to know of a run; written once into the run's folder before the run is queued.</summary>
public sealed record LocalOrder
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The folder below which the runs of the experiment live.</summary>
    public required string RemotePath { get; init; }

    /// <summary>The id that the embedded scheduler gives the run.</summary>
    public required string JobId { get; init; }

    /// <summary>The full identity; stamped beside every result.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>All tasks.</summary>
    public required long TaskCount { get; init; }

    /// <summary>The folder in which commands run: the code snapshot.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The command as shell text with references to variables in place of the placeholders.</summary>
    public required string Command { get; init; }

    /// <summary>The shell that runs preamble and command.</summary>
    public required string Shell { get; init; }

    /// <summary>Shell text that runs before the first task of a chain: modules, conda, whatever the site needs.</summary>
    public string Preamble { get; init; } = "";

    /// <summary>The template of a task's result folder below the run's results, or null for the usual one.</summary>
    public string? ResultTemplate { get; init; }

    /// <summary>The tasks of a resumption; null for all.</summary>
    public IReadOnlyList<long>? OnlyTasks { get; init; }

    /// <summary>How many attempts the tasks of a resumption have behind them at most.</summary>
    public int AttemptBase { get; init; }

    /// <summary>Processors for each task.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Memory for each task in bytes, or null.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Time limit of each task in seconds, or null.</summary>
    public double? WalltimeSeconds { get; init; }

    /// <summary>How many tasks of this run may run at once.</summary>
    public int MaxConcurrentCount { get; init; } = int.MaxValue;

    /// <summary>Seconds between the first signal and the next.</summary>
    public double GraceSeconds { get; init; } = 25;

    /// <summary>The largest log of one task in bytes; a task that writes more is stopped.</summary>
    public long MaxLogBytes { get; init; } = 1L << 30;

    /// <summary>Folders of runs that must have ended before this one starts.</summary>
    public IReadOnlyList<string> AfterRunFolders { get; init; } = [];
}

/// <summary>Serialises what the embedded scheduler keeps on disk.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(LocalOrder))]
internal sealed partial class LocalJson : JsonSerializerContext;
