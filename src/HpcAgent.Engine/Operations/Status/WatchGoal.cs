using System.Text.Json.Serialization;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>What is waited for. The end of a run ends any wait: what has not come by then never will.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<WatchGoal>))]
public enum WatchGoal
{
    /// <summary>The end of the run.</summary>
    Ended,

    /// <summary>The start of its first task.</summary>
    Started,

    /// <summary>The first task that is complete.</summary>
    FirstResult,

    /// <summary>The first task that ended without success.</summary>
    AnyFailure,
}
