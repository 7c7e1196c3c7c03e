namespace HpcAgent.Engine.Tasks;

/// <summary>What the records of a task table hold beside the <c>HPC_KW_</c> variables.</summary>
public sealed record TaskTableOptions
{
    /// <summary>
    /// Also exports each parameter under its bare upper-case name, as commands of the original's <c>executor</c> field expect.
    /// </summary>
    public bool Bare { get; init; }

    /// <summary>The parameters that the command takes by file (<see cref="CommandTemplate.FileReferences"/>).</summary>
    public IReadOnlyCollection<string> FileParameters { get; init; } = [];
}
