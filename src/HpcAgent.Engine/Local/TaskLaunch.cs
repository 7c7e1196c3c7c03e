namespace HpcAgent.Engine.Local;

/// <summary>One attempt of one task, ready to be started.</summary>
internal sealed record TaskLaunch
{
    /// <summary>Where the command's output goes.</summary>
    public required string LogPath { get; init; }

    /// <summary>A file for the exit code, written by the task's own shell if the supervisor is gone when the task ends.</summary>
    public required string ExitCodePath { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Where the command writes its results.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>The task.</summary>
    public required long TaskId { get; init; }
}
