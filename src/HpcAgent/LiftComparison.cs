namespace HpcAgent;

/// <summary>How the tasks of a <see cref="FailureLift"/> are told from the others.</summary>
public enum LiftComparison
{
    /// <summary>The parameter has this value.</summary>
    Equal,

    /// <summary>The parameter has this value or a larger one.</summary>
    AtLeast,

    /// <summary>The parameter has this value or a smaller one.</summary>
    AtMost,
}
