namespace HpcAgent.Engine.Operations.Status;

/// <summary>Where a run stands.</summary>
public sealed record StatusResult
{
    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>Its status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Every task, if that was asked for; read as it is enumerated.</summary>
    public IEnumerable<RunTaskStatus>? Tasks { get; init; }
}
