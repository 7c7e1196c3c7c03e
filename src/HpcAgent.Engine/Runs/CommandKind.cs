namespace HpcAgent.Engine.Runs;

/// <summary>How the command of a run is to be read.</summary>
public enum CommandKind
{
    /// <summary>A shell line with placeholders.</summary>
    Command,

    /// <summary>A program and its arguments; no shell.</summary>
    Argv,

    /// <summary>The original's executor: a shell line without placeholders.</summary>
    Executor,
}
