using System.Globalization;

namespace HpcAgent.Engine.Hosts;

/// <summary>Makes the errors of one call, which name the host and the purpose and say whether the script may have run.</summary>
internal sealed class HostErrors(string host, HostScript script, Wire wire)
{
    private const int LongestWords = 1000;

    /// <summary>An error of a kind.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="execution">Whether the script may have run.</param>
    /// <param name="what">What failed, without the name of the host.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="words">What ssh and the host said.</param>
    /// <param name="inner">The cause.</param>
    public HpcException Create(
        HostFailureKind kind, ScriptExecution execution, string what, string? remedy, string words, Exception? inner = null)
    {
        var shown = Shorten(words);
        var said = shown.Length > 0 ? $" It said: {shown}" : "";
        var error = new HpcException(CodeOf(kind), $"{host}: {what} (for: {script.Purpose}).{said}", remedy, inner);
        return new HostFailure(kind, execution, shown) { Wire = wire }.AttachTo(error);
    }

    /// <summary>The error for an answer that is not whole, except where ssh itself gave up.</summary>
    /// <param name="result">What came.</param>
    /// <param name="execution">Whether the script may have run.</param>
    /// <param name="words">What ssh and the host said.</param>
    /// <param name="cancellationToken">The caller's; tells a cancellation from the deadline.</param>
    public Exception Incomplete(ExchangeResult result, ScriptExecution execution, string words, CancellationToken cancellationToken)
    {
        if (result.OwnError is AnswerTooLargeException tooLarge)
        {
            return Create(
                HostFailureKind.AnswerTooLarge,
                execution,
                string.Create(CultureInfo.InvariantCulture, $"the answer is larger than {tooLarge.Limit} bytes"),
                "Ask for less at once.",
                "");
        }

        if (result.OwnError is { } own) return new HostFailure(HostFailureKind.Cancelled, execution, "") { Wire = wire }.AttachTo(own);
        if (result.IsInterrupted) return Interrupted(execution, result.HasBegun, cancellationToken, words);
        return result.HasBegun ? Cut(result, execution, words) : NotRun(result, execution, words);
    }

    /// <summary>The error for a call that was ended here: a cancellation or the deadline.</summary>
    public Exception Interrupted(ScriptExecution execution, bool hasBegun, CancellationToken cancellationToken, string words = "")
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new HostFailure(HostFailureKind.Cancelled, execution, words) { Wire = wire }
                .AttachTo(new OperationCanceledException(cancellationToken));
        }

        var state = hasBegun ? "the script had begun and did not end"
            : execution is ScriptExecution.NotStarted ? "the script had not begun"
            : "it is not known whether the script began";
        return Create(
            HostFailureKind.Deadline,
            execution,
            string.Create(CultureInfo.InvariantCulture, $"no whole answer within {script.Deadline.TotalSeconds:0.###} s; {state}"),
            "Try again in a while; if it happens again, look whether the host is overloaded (uptime, the scheduler's own response).",
            words);
    }

    private HpcException Cut(ExchangeResult result, ScriptExecution execution, string words) => Create(
        HostFailureKind.AnswerCut,
        execution,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the answer stopped before its end, with status {result.ProgramExitCode}: the connection was lost or the shell there was killed"),
        "The script may have done its work. Ask for the state before repeating it.",
        words);

    private HpcException NotRun(ExchangeResult result, ScriptExecution execution, string words)
    {
        var said = string.Join(' ', new[] { result.Preface, words }.Where(text => text.Length > 0));
        if (result.ProgramExitCode == WireText.DamagedStatus)
        {
            return Create(
                HostFailureKind.LoginShell,
                execution,
                "the script did not arrive as it was sent; nothing of it was run",
                "A start-up file of your login shell there (.bashrc, .cshrc) may read the standard input. Let it do so for terminals only.",
                said);
        }

        if (words.Contains("yntax error", StringComparison.Ordinal) || words.Contains("unexpected", StringComparison.Ordinal))
            return Create(HostFailureKind.ScriptRejected, execution, "the shell there does not accept the script; nothing of it was run", null, said);
        return Create(
            HostFailureKind.LoginShell,
            execution,
            string.Create(CultureInfo.InvariantCulture, $"the login shell ended with status {result.ProgramExitCode} and did not run the script"),
            $"Try 'ssh {host} /bin/sh -c true'. The account needs a login shell that runs commands, and /bin/sh and dd must be there.",
            said);
    }

    private static ErrorCode CodeOf(HostFailureKind kind) => kind switch
    {
        HostFailureKind.HostKeyUnknown or HostFailureKind.HostKeyChanged or HostFailureKind.AuthenticationFailed or
            HostFailureKind.InteractionNeeded or HostFailureKind.ProgramMissing or HostFailureKind.LoginShell => ErrorCode.PreconditionFailed,
        HostFailureKind.Configuration => ErrorCode.ConfigInvalid,
        HostFailureKind.ScriptRejected or HostFailureKind.AnswerCut or HostFailureKind.AnswerTooLarge => ErrorCode.RemoteCommandFailed,
        HostFailureKind.Deadline => ErrorCode.ClusterTimeout,
        _ => ErrorCode.SshUnreachable,
    };

    private static string Shorten(string words)
    {
        var line = string.Join(" | ", words.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= LongestWords ? line : "..." + line[^LongestWords..];
    }
}
