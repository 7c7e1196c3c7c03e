namespace HpcAgent;

/// <summary>How a check of a cluster ended.</summary>
public enum ClusterCheckState
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>Runs can be sent, and something is worth knowing.</summary>
    Warning,

    /// <summary>Runs cannot be sent, or would not work.</summary>
    Failed,

    /// <summary>It was not looked at, since an earlier check failed or the site does not tell.</summary>
    Skipped,
}
