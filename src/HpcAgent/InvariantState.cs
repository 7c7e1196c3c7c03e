namespace HpcAgent;

/// <summary>Whether something that must be true is true.</summary>
public enum InvariantState
{
    /// <summary>It is true.</summary>
    Held,

    /// <summary>It is not true.</summary>
    Violated,

    /// <summary>There is nothing to compare.</summary>
    NotChecked,
}
