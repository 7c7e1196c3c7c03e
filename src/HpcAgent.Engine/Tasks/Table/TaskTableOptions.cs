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

    /// <summary>
    /// The folder of a task's results, relative to the run's results, which the record then names as <c>HPC_RESULT_FOLDER</c>; null leaves
    /// that out.
    /// </summary>
    public Func<RunTask, string>? ResultFolder { get; init; }

    /// <summary>
    /// Ends each record with a comment of the task's id, <c>#17</c>: a node that reads over a network sees by it that it has the whole record.
    /// </summary>
    public bool MarksEnd { get; init; }
}
