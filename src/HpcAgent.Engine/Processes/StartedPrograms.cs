using System.Diagnostics;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Processes;

/// <summary>
/// Tells whoever listens of every program that the engine starts. A listener hears only what is done on behalf of its own asynchronous
/// flow, so that two sessions in one process do not hear each other.
/// </summary>
public static class StartedPrograms
{
    private static readonly AsyncLocal<Action<string>?> s_listener = new();

    /// <summary>Listens in this asynchronous flow, and in all that it starts, until the result is disposed.</summary>
    /// <param name="listener">Given each command line, quoted for a POSIX shell. It may be called from any thread.</param>
    public static IDisposable Listen(Action<string> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Action<string>? before = s_listener.Value;
        s_listener.Value = listener;
        return new Subscription(before);
    }

    internal static void Report(ProcessStartInfo start) =>
        s_listener.Value?.Invoke(string.Join(' ', start.ArgumentList.Prepend(start.FileName).Select(ShellQuote.WhereNeeded)));

    private sealed class Subscription(Action<string>? before) : IDisposable
    {
        public void Dispose() => s_listener.Value = before;
    }
}
