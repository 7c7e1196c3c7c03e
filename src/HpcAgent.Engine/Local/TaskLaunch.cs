namespace HpcAgent.Engine.Local;

/// <summary>One attempt of one task, ready to be started.</summary>
internal sealed record TaskLaunch
{
    /// <summary>Where the command's output goes.</summary>
    public required string LogPath { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Where the command writes its results.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>The task.</summary>
    public required long TaskId { get; init; }
}
