namespace HpcAgent.Engine.Monitoring;

/// <summary>The ends of the logs of tasks that failed, as far as this machine can read them without asking anyone.</summary>
public interface ITaskTails
{
    /// <summary>The end of the log of a task's latest attempt.</summary>
    /// <param name="task">The task, which ended without success.</param>
    TaskTail Find(RunTaskStatus task);

    /// <summary>True if the end of a log was not read, and a further look may bring it.</summary>
    /// <param name="task">The task, which ended without success.</param>
    bool IsDue(RunTaskStatus task);
}
