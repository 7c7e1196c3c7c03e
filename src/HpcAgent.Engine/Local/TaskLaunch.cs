namespace HpcAgent.Engine.Local;

/// <summary>One attempt of one task, ready to be started.</summary>
internal sealed record TaskLaunch
{
    /// <summary>Where the command's output goes.</summary>
    public required string LogPath { get; init; }

    /// <summary>The variables of the contract, by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; }

    /// <summary>The task.</summary>
    public required long TaskId { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }
}
