using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keywords <c>oneOf</c> and <c>anyOf</c>.</summary>
internal sealed class BranchCheck(string keyword, IReadOnlyList<SchemaNode> branches, bool exactlyOne) : ISchemaCheck
{
    public IEnumerable<SchemaNode> SameValue => branches;

    internal static IEnumerable<BranchCheck> Read(KeywordReader schema)
    {
        if (schema.SchemaList("oneOf") is { } one) yield return new BranchCheck("oneOf", one, exactlyOne: true);
        if (schema.SchemaList("anyOf") is { } any) yield return new BranchCheck("anyOf", any, exactlyOne: false);
    }

    public void Check(JsonElement value, ProblemLog log)
    {
        var failures = new List<IReadOnlyList<SchemaProblem>>();
        var matches = 0;
        foreach (var branch in branches)
        {
            var problems = log.Try(() => branch.Check(value, log));
            if (problems.Count > 0) failures.Add(problems);
            else if (!exactlyOne) return;
            else matches++;
        }

        if (matches > 1) log.Add(keyword, $"The value fits {matches} of the {branches.Count} allowed forms; it must fit exactly one.");
        if (matches == 0) AddFailures(failures, log);
    }

    /// <summary>If one form alone was meant, judging by type and by constant fields, its own problems are the most useful report.</summary>
    private void AddFailures(List<IReadOnlyList<SchemaProblem>> failures, ProblemLog log)
    {
        var here = log.Pointer;
        var meant = failures.Where(problems => !problems.Any(p => TellsApart(p, here))).ToList();
        if (meant.Count == 1 || failures.Count == 1)
        {
            log.AddRange(meant.Count == 1 ? meant[0] : failures[0]);
            return;
        }

        var reasons = failures.Select(problems => problems[0]).Select(p => IsAt(p.JsonPointer, here) ? p.Message : $"{p.JsonPointer}: {p.Message}");
        log.Add(keyword, $"The value fits none of the {branches.Count} allowed forms. {string.Join(" ", reasons.Distinct(StringComparer.Ordinal))}");
    }

    private static bool TellsApart(SchemaProblem problem, string here) => problem.Keyword switch
    {
        "type" => IsAt(problem.JsonPointer, here),
        "const" => IsAt(problem.JsonPointer, here) || IsAt(Owner(problem.JsonPointer), here),
        _ => false,
    };

    private static string Owner(string pointer) => pointer[..Math.Max(0, pointer.LastIndexOf('/'))];

    private static bool IsAt(string pointer, string here) => string.Equals(pointer, here, StringComparison.Ordinal);
}
