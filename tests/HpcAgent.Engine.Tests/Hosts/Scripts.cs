using System.Text;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Hosts;

internal static class Scripts
{
    public static HostScript Of(string text) => new() { Purpose = "a test", Text = text, Deadline = TimeSpan.FromSeconds(60) };

    public static HostScript Of(string text, string payload) =>
        Of(text) with { Payload = (stream, cancellation) => stream.WriteAsync(Encoding.UTF8.GetBytes(payload), cancellation).AsTask() };

    public static HostScript Within(this HostScript script, double seconds) => script with { Deadline = TimeSpan.FromSeconds(seconds) };

    public static async Task<T> FailsAsync<T>(this IHost host, HostScript script, HostFailureKind kind, ScriptExecution execution, CancellationToken cancellation = default)
        where T : Exception
    {
        var error = await Assert.ThrowsAnyAsync<T>(() => host.RunAsync(script, cancellation));
        var failure = HostFailure.Of(error);
        Assert.NotNull(failure);
        Assert.True((kind, execution) == (failure.Kind, failure.Execution), $"{failure}\n{error.Message}");
        Assert.Equal(execution is ScriptExecution.MayHaveRun, HostFailure.MayHaveRun(error));
        if (error is HpcException)
            Assert.Contains(host.Name, error.Message, StringComparison.Ordinal);
        return error;
    }
}
