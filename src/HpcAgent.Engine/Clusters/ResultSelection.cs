namespace HpcAgent.Engine.Clusters;

/// <summary>Which results of a run are wanted on this machine.</summary>
public enum ResultSelection
{
    /// <summary>The metrics of every complete task, and the task table.</summary>
    Metrics,

    /// <summary>The metrics of every complete task, packed wave by wave where they lie, and the task table.</summary>
    Packed,

    /// <summary>Every result file of every complete task, and the task table.</summary>
    Files,
}
