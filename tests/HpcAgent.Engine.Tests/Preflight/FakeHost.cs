using System.Text;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Tests.Preflight;

/// <summary>A host with one answer, or one error.</summary>
internal sealed class FakeHost : IHost
{
    public string Name => "login";

    public Dictionary<string, string> Parts { get; } = new(StringComparer.Ordinal);

    public string Preface { get; set; } = "";

    public Exception? Error { get; set; }

    public List<HostScript> Scripts { get; } = [];

    public Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        Scripts.Add(script);
        if (Error is not null) throw Error;
        return Task.FromResult(new HostAnswer
        {
            ExitCode = 0,
            Parts = [.. Parts.Select(p => new AnswerPart(p.Key, Encoding.UTF8.GetBytes(p.Value)))],
            Preface = Preface,
            Wire = new Wire { ConnectionCount = 1, ExecutionCount = 1 },
        });
    }

    public void Fail(HostFailureKind kind) => Error = new HostFailure(kind, ScriptExecution.NotStarted, "").AttachTo(new HpcException(ErrorCode.SshUnreachable, $"it is {kind}", "do this"));
}
