namespace HpcAgent.Engine.Clusters;

/// <summary>Which results of a run are wanted on this machine.</summary>
public enum ResultSelection
{
    /// <summary>The metrics of every complete task, packed wave by wave where they lie, and the task table.</summary>
    Packed,

    /// <summary>The metrics files themselves, as they were written, and the task table; for few tasks.</summary>
    Metrics,

    /// <summary>Every result file of every complete task, and the task table.</summary>
    Files,
}
