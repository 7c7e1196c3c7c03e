namespace HpcAgent.Engine.Operations;

/// <summary>What kind of effect an operation has.</summary>
public enum OperationKind
{
    /// <summary>Looks, and changes nothing.</summary>
    Query,

    /// <summary>Sends work to a cluster.</summary>
    Submit,

    /// <summary>Several steps in one, such as waiting for the end of a run.</summary>
    Workflow,
}
