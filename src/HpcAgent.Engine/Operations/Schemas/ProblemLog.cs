namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Collects the problems of one validation and knows the place it is at.</summary>
internal sealed class ProblemLog
{
    private readonly JsonPath path = new();
    private List<SchemaProblem> problems = [];

    internal IReadOnlyList<SchemaProblem> Problems => problems;

    internal string Pointer => path.ToString();

    internal void Enter(string name) => path.Enter(name);

    internal void Enter(int index) => path.Enter(index);

    internal void Leave() => path.Leave();

    internal void Add(string keyword, string message, string? suggestion = null) =>
        problems.Add(new SchemaProblem(Pointer, keyword, message, suggestion));

    internal void AddRange(IEnumerable<SchemaProblem> found) => problems.AddRange(found);

    /// <summary>Runs a check whose problems may not count and returns them apart.</summary>
    internal IReadOnlyList<SchemaProblem> Try(Action check)
    {
        var outer = problems;
        problems = [];
        try
        {
            check();
            return problems;
        }
        finally
        {
            problems = outer;
        }
    }
}
