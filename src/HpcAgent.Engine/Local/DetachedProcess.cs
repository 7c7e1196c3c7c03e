namespace HpcAgent.Engine.Local;

/// <summary>Lets a process outlive the terminal and the pipes of the one that started it.</summary>
public static class DetachedProcess
{
    /// <summary>Starts a session of its own and lets go of every inherited descriptor. Not for Windows.</summary>
    public static void Detach() => Posix.Detach();
}
