using System.Text;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Local;

/// <summary>The ends of logs on this machine. Only the end of a file is read, however large it is.</summary>
internal sealed class LogTails(RunLayout layout) : ITaskTails
{
    /// <inheritdoc />
    public TaskTail Find(RunTaskStatus task)
    {
        string path = layout.TaskLog(task.TaskId, Math.Max(1, task.Attempt));
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            byte[] bytes = new byte[Math.Min(stream.Length, TaskTail.MaxBytes)];
            stream.Position = Math.Max(0, stream.Length - bytes.Length);
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Read, Encoding.UTF8.GetString(bytes, 0, read), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Missing, "", path);
        }
        catch (Exception e) when (StorageError.IsStorageError(e))
        {
            return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Unread, "", path);
        }
    }

    /// <inheritdoc />
    public bool IsDue(RunTaskStatus task) => false;
}
