namespace HpcAgent;

/// <summary>What a state rests on.</summary>
public enum EvidenceSource
{
    /// <summary>Nothing has been seen yet.</summary>
    None,

    /// <summary>The task's own event log.</summary>
    Event,

    /// <summary>The live queue of the scheduler.</summary>
    Queue,

    /// <summary>The scheduler's accounting.</summary>
    Accounting,
}
