namespace HpcAgent.Engine.Tasks;

/// <summary>A task set of known size that can produce any task by its id.</summary>
public abstract class IndexedTaskSet : TaskSet
{
    /// <summary>The number of tasks.</summary>
    public abstract long TaskCount { get; }

    /// <inheritdoc/>
    public sealed override long? Count => TaskCount;

    /// <summary>The task of an id from 0 to <see cref="TaskCount"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public RunTask this[long id]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, TaskCount);
            return new(id, At(id));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<RunTask> Read()
    {
        for (long id = 0; id < TaskCount; id++) yield return new(id, At(id));
    }

    internal abstract ParameterMap At(long id);
}
