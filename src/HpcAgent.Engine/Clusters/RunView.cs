using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Clusters;

/// <summary>What a client knows of one run while it watches it: the ledger of its tasks, and how far the events were read.</summary>
public sealed class RunView
{
    /// <summary>Creates the view of a run of which nothing has been seen.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layout">Where this machine can read what is known of it.</param>
    public RunView(Run run, RunLayout layout)
    {
        Run = run;
        Layout = layout;
        Ledger = new TaskLedger(run.TaskCount);
        Events = new EventLog(Layout.Events);
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>Where its parts lie on this machine: the run itself, or a mirror of what was read from the cluster.</summary>
    public RunLayout Layout { get; }

    /// <summary>The states of its tasks.</summary>
    public TaskLedger Ledger { get; }

    /// <summary>Its events.</summary>
    public EventLog Events { get; }

    /// <summary>True while the scheduler has work of this run.</summary>
    public bool IsQueued { get; set; }

    /// <summary>True if the scheduler could be asked.</summary>
    public bool IsVerified { get; set; }

    /// <summary>What was odd at the last look.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>True to ask the accounting for what tasks used even where nothing else is left to ask.</summary>
    public bool WantsUsage { get; set; }

    /// <summary>Its plan, once something has read it.</summary>
    internal RunPlan? Plan { get; set; }

    /// <summary>The tasks whose samples were noted: which attempt, and whether its usage was known.</summary>
    internal Dictionary<long, (int Attempt, bool HasUsage)> Recorded { get; } = [];

    /// <summary>The arrays, by index, of which is known what their tasks used, or that it cannot be known.</summary>
    internal HashSet<int> ArraysWithUsage { get; } = [];
}
