namespace HpcAgent.Engine.Clusters;

/// <summary>Which results of a run are wanted on this machine.</summary>
public enum ResultSelection
{
    /// <summary>The metrics of every complete task, and the task table.</summary>
    Metrics,

    /// <summary>Every result file of every complete task, and the task table.</summary>
    Files,
}
