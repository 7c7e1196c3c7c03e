using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Reporting;

/// <summary>The end of a log as a page shows it.</summary>
internal static class LogText
{
    /// <summary>The log without the codes for the colours of a terminal; of a line that was overwritten the last state.</summary>
    public static string Of(string log) => string.Join('\n', TailText.Lines(log));
}
