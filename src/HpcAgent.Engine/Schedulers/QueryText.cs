using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Schedulers;

/// <summary>
/// How queries are run and their answers framed: within a deadline, error output among the rest, and at the end a line with the exit
/// status, so that an answer that was cut is never taken for an empty queue.
/// </summary>
internal static class QueryText
{
    /// <summary>
    /// Before a program of the scheduler: a deadline of its own, where <c>timeout</c> exists. A frozen qmaster holds its clients for ever.
    /// </summary>
    public const string Bounded = "$(command -v timeout >/dev/null 2>&1 && echo timeout -k 5 60) ";

    private static readonly byte[] Mark = "\nhpc-end "u8.ToArray();

    /// <summary>Shell text that runs commands and prints their end. Its own exit status is theirs.</summary>
    /// <param name="commands">The commands; the status of the last one counts.</param>
    public static string Framed(string commands) =>
        $$"""{ { {{commands}}; } 2>&1; hpc_status=$?; printf '\nhpc-end %s\n' "$hpc_status"; (exit "$hpc_status"); }""";

    /// <summary>The part before the end.</summary>
    /// <param name="output">What was printed.</param>
    /// <param name="explain">Makes the error for a status other than 0.</param>
    /// <exception cref="HpcException">The end is missing, or the command failed.</exception>
    public static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> output, Func<int, string, HpcException> explain)
    {
        int at = output.LastIndexOf(Mark);
        if (at < 0) throw Cut(output);
        ReadOnlySpan<byte> rest = output[(at + Mark.Length)..].TrimEnd(" \r\n"u8);
        if (!int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int status)) throw Cut(output);
        return status == 0 ? output[..at] : throw explain(status, Encoding.UTF8.GetString(output[..at]));
    }

    /// <summary>As <see cref="Body(ReadOnlySpan{byte}, Func{int, string, HpcException})"/>.</summary>
    public static string Body(string output, Func<int, string, HpcException> explain) =>
        Encoding.UTF8.GetString(Body(Encoding.UTF8.GetBytes(output), explain));

    private static HpcException Cut(ReadOnlySpan<byte> output) => new(
        ErrorCode.RemoteCommandFailed,
        $"the scheduler's answer is not whole: its end is missing after {Quoted(Encoding.UTF8.GetString(output))}",
        "Try again; if it stays so, run the query by hand on the cluster (-Verbose shows it).");

    private static string Quoted(string text) => text.Length == 0 ? "no text at all" : "'" + Refusal.Words(text) + "'";
}
