using System.Diagnostics;

namespace HpcAgent.Engine.Local;

/// <summary>Asks the processes of a task to end: by a signal to their group, or on Windows, which has no signals, by ending the tree.</summary>
internal static class TaskSignal
{
    /// <summary>Sends a signal to the group that a task leads.</summary>
    public static void Send(int leader, int signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Posix.kill(-leader, signal);
            return;
        }
        if (signal == Posix.SigInt) return;
        try
        {
            using Process process = Process.GetProcessById(leader);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended by itself.
        }
    }
}
