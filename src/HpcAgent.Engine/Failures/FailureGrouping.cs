namespace HpcAgent.Engine.Failures;

/// <summary>
/// Puts failures with one cause together. Failures with the same rule and the same loose form of their line belong together, unless a steady form with
/// its place in the code recurs: one that holds a fifth of them, and two tasks at least, is a cause of its own. So a hundred different missing
/// files are one group, and two files that are each missing fifty times are two. What is left of single words that nothing ties together is
/// put together by exit code once there are more than twenty.
/// </summary>
internal static class FailureGrouping
{
    private const int Share = 5;
    private const int MostSingles = 20;

    /// <summary>The groups, the largest first.</summary>
    /// <param name="failures">The verdicts, and the nodes of their tasks.</param>
    public static IReadOnlyList<FailureCluster> Group(IEnumerable<(FailureVerdict Verdict, string? Node)> failures)
    {
        List<Item> items = [.. failures.Select(f => new Item(f.Verdict, f.Node)).OrderBy(i => i.Verdict.TaskId)];
        List<FailureCluster> clusters = [];
        List<Item> singles = [];
        foreach (IGrouping<(string, string, string), Item> family in items.GroupBy(i => (i.Verdict.Rule.Name, i.Verdict.Code, i.Loose)))
        {
            List<Item> rest = [];
            int all = family.Count();
            foreach (IGrouping<(string, string?), Item> same in family.GroupBy(i => (i.Steady, i.Verdict.Location)))
            {
                List<Item> members = [.. same];
                if (members.Count >= 2 && members.Count * Share >= all) clusters.Add(Make(members));
                else rest.AddRange(members);
            }
            if (rest.Count > 1) clusters.Add(Make([.. rest.OrderBy(i => i.Verdict.TaskId)]));
            else singles.AddRange(rest);
        }
        foreach (IGrouping<(string, string), Item> left in singles.GroupBy(i => (i.Verdict.Rule.Name, i.Verdict.Code)))
        {
            List<Item> members = [.. left.OrderBy(i => i.Verdict.TaskId)];
            if (members.Count > MostSingles) clusters.Add(Make(members));
            else clusters.AddRange(members.Select(m => Make([m])));
        }
        return [.. clusters.OrderByDescending(c => c.Members.Count).ThenBy(c => c.Members[0].TaskId)];
    }

    private static FailureCluster Make(IReadOnlyList<Item> members)
    {
        FailureVerdict first = members[0].Verdict;
        string text = Common(members, i => FailureText.Short(i.Verdict.Line)) ?? Common(members, i => i.Steady) ?? SharedForm(members) ?? Scattered(first);
        return new FailureCluster
        {
            Rule = first.Rule,
            Text = text,
            Location = Common(members, i => i.Verdict.Location ?? "") is { Length: > 0 } place ? place : null,
            Fingerprint = $"{first.Rule.Name}: {Common(members, i => i.Steady) ?? (Common(members, i => i.Loose) is { } form ? FailureText.Shown(form, []) : first.Code)}",
            Members = [.. members.Select(m => m.Verdict)],
            Variants = [.. members.GroupBy(m => FailureText.Short(m.Verdict.Line), StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.First().Verdict.TaskId).Select(g => g.Key)],
        };
    }

    private static string Scattered(FailureVerdict first)
    {
        string words = first.Rule.Cause ?? $"many different lines of {first.Rule.Name}";
        return first.Code.Length > 0 ? $"{words} ({first.Code})" : words;
    }

    private static string? SharedForm(IReadOnlyList<Item> members) =>
        Common(members, i => i.Loose) is { } form ? FailureText.Shown(form, [.. members.Select(m => m.Details)]) : null;

    private static string? Common(IReadOnlyList<Item> members, Func<Item, string> of)
    {
        string first = of(members[0]);
        for (int i = 1; i < members.Count; i++)
            if (of(members[i]) != first) return null;
        return first;
    }

    private sealed class Item
    {
        public Item(FailureVerdict verdict, string? node)
        {
            Verdict = verdict;
            Steady = FailureText.Steady(verdict.Line, node, verdict.TaskId);
            (Loose, Details) = FailureText.Loose(Steady);
        }

        public FailureVerdict Verdict { get; }

        public string Steady { get; }

        public string Loose { get; }

        public IReadOnlyList<string> Details { get; }
    }
}
