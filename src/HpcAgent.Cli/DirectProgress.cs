namespace HpcAgent.Cli;

/// <summary>Calls at once and on the same thread; <see cref="Progress{T}"/> would call later and out of order.</summary>
internal sealed class DirectProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
