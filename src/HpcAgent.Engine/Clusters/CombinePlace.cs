namespace HpcAgent.Engine.Clusters;

/// <summary>Where the metrics of a run are packed before they are sent.</summary>
public enum CombinePlace
{
    /// <summary>On the login node up to 10,000 new files, above in a job.</summary>
    Auto,

    /// <summary>On the login node, with low priority, within the execution that fetches them.</summary>
    Login,

    /// <summary>In a small job, unless little is new since the last one.</summary>
    Node,
}
