using System.Globalization;

namespace HpcAgent.Engine.Schedulers;

/// <summary>What one kind of refusal means.</summary>
/// <param name="Code">The code.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Fragments">Words of the scheduler, any of which is enough; case does not matter.</param>
internal sealed record Refusal(ErrorCode Code, string Remedy, params string[] Fragments)
{
    private const int MaxLength = 600;

    private const string PathRemedy =
        "Make them visible to a non-interactive shell there: set PATH in the shell's start-up file (~/.bashrc before any 'return'), or ask the site where they are.";

    /// <summary>The error for what a scheduler's program printed.</summary>
    /// <param name="programs">Its programs.</param>
    /// <param name="rules">What is known, most special first.</param>
    /// <param name="exitCode">The exit status.</param>
    /// <param name="output">What it printed.</param>
    public static HpcException Explain(IReadOnlyList<string> programs, IReadOnlyList<Refusal> rules, int exitCode, string output)
    {
        string words = Words(output);
        string status = exitCode.ToString(CultureInfo.InvariantCulture);
        foreach (Refusal rule in rules)
        {
            if (rule.Fragments.Any(f => output.Contains(f, StringComparison.OrdinalIgnoreCase)))
                return new HpcException(rule.Code, $"the scheduler refused: {words}", rule.Remedy);
        }
        if (exitCode == 127 || (output.Contains("not found", StringComparison.Ordinal) && programs.Any(p => output.Contains(p + ": ", StringComparison.Ordinal))))
            return new HpcException(ErrorCode.PreconditionFailed, $"the scheduler's programs ({string.Join(", ", programs)}) are not on the PATH of the cluster's shell: {words}", PathRemedy);
        if (exitCode is 124 or 137)
            return new HpcException(ErrorCode.ClusterTimeout, $"the scheduler did not answer within its deadline: {words}", "Try again in some minutes; the scheduler's service hangs or is overloaded.");
        return new HpcException(
            ErrorCode.RemoteCommandFailed, $"the scheduler's command ended with status {status}: {words}", "Read its words; run the same command by hand on the cluster (-Verbose shows it).");
    }

    /// <summary>A scheduler's own words in one line.</summary>
    public static string Words(string output)
    {
        IEnumerable<string> lines = output
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line != "Exiting." && !line.StartsWith("Try \"", StringComparison.Ordinal) && !line.StartsWith("hpc-end ", StringComparison.Ordinal));
        string words = new([.. string.Join("; ", lines).Select(c => char.IsControl(c) ? ' ' : c)]);
        if (words.Length == 0) return "(it said nothing)";
        return words.Length <= MaxLength ? words : words[..MaxLength] + " ...";
    }
}
