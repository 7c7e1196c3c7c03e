using System.Globalization;

namespace HpcAgent.Engine.Failures;

/// <summary>
/// Finds the rule that says why a task failed. Evidence of scheduler and node comes first, as its rules have the highest priorities; then the
/// end of the log, by the rules of <see cref="FailureRule"/> on where in it a line must stand.
/// </summary>
public sealed class FailureClassifier
{
    private readonly FailureRuleSet _rules;
    private readonly Dictionary<string, FailureRule[]> _known = new(StringComparer.Ordinal);

    /// <summary>Creates it.</summary>
    /// <param name="rules">The rules.</param>
    public FailureClassifier(FailureRuleSet rules) => _rules = rules;

    /// <summary>Says why a task failed.</summary>
    /// <param name="task">What is known of the task, which ended without success.</param>
    /// <param name="tail">The end of its log.</param>
    public FailureVerdict Classify(RunTaskStatus task, TaskTail tail)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(tail);
        List<string> lines = TailText.Lines(tail.Text);
        bool isMissing = tail.State == TaskTailState.Missing || (tail.State == TaskTailState.Read && lines.Count == 0);
        FailureRule evident = _rules.Evident.FirstOrDefault(r => r.Admits(task, isMissing) && r.AdmitsReason(task.Reason)) ?? FailureRuleSet.Unknown;
        (FailureRule Rule, int Line)? said = null;
        // What the log says need not be looked at where the evidence decides.
        if (evident.Priority < FailureRule.Decisive || HasHigher(evident.Priority)) said = Read(task, lines, isMissing);
        if (said is { } found && found.Rule.Priority > evident.Priority)
        {
            string line = found.Line < lines.Count ? lines[found.Line] : task.Reason!;
            return new FailureVerdict(task.TaskId, found.Rule, line.Trim(), CodeLocation.Before(lines, found.Line), "");
        }
        if (evident.Priority >= FailureRule.Decisive)
            return new FailureVerdict(task.TaskId, evident, evident.Cause ?? task.Reason ?? "", null, "");
        string? error = evident.ExitCodes.Count > 0 && said is { } other && other.Line < lines.Count ? lines[other.Line].Trim() : null;
        return Fallback(task, evident, lines, error);
    }

    // Users may put rules on text above those on evidence.
    private bool HasHigher(int priority) => _rules.Textual.Count > 0 && _rules.Textual[0].Priority > priority;

    // Nothing names the cause: then code and last words tell groups apart.
    private static FailureVerdict Fallback(RunTaskStatus task, FailureRule rule, List<string> lines, string? error)
    {
        string code = task.Signal is { } signal ? string.Create(CultureInfo.InvariantCulture, $"signal {signal}")
            : task.ExitCode is { } exit ? string.Create(CultureInfo.InvariantCulture, $"exit code {exit}") : "";
        string? last = error ?? (rule.Category == FailureCategory.Unknown ? lines.FindLast(l => TailText.IsReadable(l))?.Trim() : null);
        string words = rule.Cause ?? task.Reason ?? "";
        return new FailureVerdict(task.TaskId, rule, last ?? (code.Length > 0 ? $"{words} ({code})" : words), null, code);
    }

    // The best rule and its line, counted from 0; the reason stands behind the last one.
    private (FailureRule Rule, int Line)? Read(RunTaskStatus task, List<string> lines, bool isMissing)
    {
        (FailureRule Rule, int Line)? best = null;
        int bestBand = -1;
        for (int i = lines.Count; i >= 0; i--)
        {
            string? line = i < lines.Count ? lines[i] : task.Reason;
            if (line is null || RuleOf(line, task, isMissing) is not { } rule) continue;
            int band = Band(rule.Priority);
            // Within the highest band the priority counts, in the others the line nearest to the end.
            if (band < bestBand || (band == bestBand && (band < 3 || rule.Priority <= best!.Value.Rule.Priority))) continue;
            (best, bestBand) = ((rule, i), band);
        }
        return best;
    }

    private static int Band(int priority) => priority >= FailureRule.Decisive ? 3 : priority >= FailureRule.Specific ? 2 : priority >= FailureRule.Hearsay ? 1 : 0;

    private FailureRule? RuleOf(string line, RunTaskStatus task, bool isMissing)
    {
        // Logs of one program have most of their lines in common.
        if (!_known.TryGetValue(line, out FailureRule[]? rules))
        {
            rules = _rules.On(line);
            if (_known.Count < 100_000) _known.Add(line, rules);
        }
        FailureRule? first = null;
        FailureRule? hearsay = null;
        foreach (FailureRule rule in rules)
        {
            if (!rule.Admits(task, isMissing) || !rule.AdmitsReason(task.Reason)) continue;
            first ??= rule;
            if (rule.Priority < FailureRule.Hearsay) hearsay ??= rule;
        }
        return hearsay is not null && first!.Priority < FailureRule.Decisive ? hearsay : first;
    }
}
