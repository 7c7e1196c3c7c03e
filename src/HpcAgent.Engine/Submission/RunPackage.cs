using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Submission;

/// <summary>Everything of a run that a cluster needs in order to run it.</summary>
public sealed record RunPackage
{
    /// <summary>The record that was written before anything was sent.</summary>
    public required Sidecar Sidecar { get; init; }

    /// <summary>The user's folder.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>The plan.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>One unguessable word for each array, by which it is found again after a crash.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>The tasks.</summary>
    public required TaskSet Tasks { get; init; }

    /// <summary>The user's code.</summary>
    public required SnapshotManifest Code { get; init; }

    /// <summary>The command as shell text.</summary>
    public required string ShellCommand { get; init; }

    /// <summary>The shell that the user declared, or null for the usual one.</summary>
    public string? Shell { get; init; }

    /// <summary>True if every shell runs the command alike, so that a faster one may be taken.</summary>
    public bool IsPortable { get; init; }

    /// <summary>True if parameters are exported under their bare names too, as the original does for its executors.</summary>
    public bool ExportsBareNames { get; init; }

    /// <summary>The parameters that the command takes by file.</summary>
    public IReadOnlyCollection<string> FileParameters { get; init; } = [];

    /// <summary>Shell text that runs before the tasks.</summary>
    public string Preamble { get; init; } = "";

    /// <summary>Variables for the tasks.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Seconds between the first signal and the next when a task must stop.</summary>
    public double GraceSeconds { get; init; } = 25;

    /// <summary>The scheduler's ids of jobs that must have ended before this run starts.</summary>
    public IReadOnlyList<string> AfterJobIds { get; init; } = [];

    /// <summary>What is asked of the scheduler beside processors, memory and time.</summary>
    public SchedulerOptions Options { get; init; } = new();

    /// <summary>Folders of runs that must have ended before this one starts.</summary>
    public IReadOnlyList<string> AfterRunFolders { get; init; } = [];
}
