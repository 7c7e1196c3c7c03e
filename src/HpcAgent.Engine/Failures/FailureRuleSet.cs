using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Failures;

/// <summary>All rules by which failures are told apart: those of the product, and those that an experiment adds.</summary>
public sealed class FailureRuleSet
{
    /// <summary>The file of an experiment's own rules, below its folder.</summary>
    public const string FileName = "failure-rules.yaml";

    private const string ResourceName = "rules/failures.yaml";
    private static readonly Lazy<IReadOnlyList<FailureRule>> s_builtIn = new(ReadBuiltIn);
    private readonly Lazy<LiteralSearch> _literals;
    private readonly int[] _always;

    private FailureRuleSet(IEnumerable<FailureRule> rules)
    {
        Rules = [.. rules.OrderByDescending(r => r.Priority)];
        Textual = [.. Rules.Where(r => r.Patterns.Count > 0)];
        Evident = [.. Rules.Where(r => r.Patterns.Count == 0)];
        _always = [.. Enumerable.Range(0, Textual.Count).Where(i => Textual[i].Patterns.Any(p => p.Literals is null))];
        _literals = new(() => new LiteralSearch(Textual.SelectMany((r, i) => r.Patterns.SelectMany(p => p.Literals ?? []).Select(l => (l, i)))));
    }

    /// <summary>The rules of the product alone.</summary>
    public static FailureRuleSet BuiltIn { get; } = new(s_builtIn.Value);

    /// <summary>The rule of the product for what no rule tells.</summary>
    internal static FailureRule Unknown { get; } = s_builtIn.Value.First(r => r.Name == "unknown");

    /// <summary>All rules, the highest priority first; of equal ones the experiment's own, then as they are written.</summary>
    public IReadOnlyList<FailureRule> Rules { get; }

    /// <summary>Those that look for a line.</summary>
    internal IReadOnlyList<FailureRule> Textual { get; }

    /// <summary>Those that stand on evidence alone.</summary>
    internal IReadOnlyList<FailureRule> Evident { get; }

    /// <summary>The rules whose patterns fit a line, the highest priority first.</summary>
    internal FailureRule[] On(string line)
    {
        SortedSet<int> candidates = [.. _always];
        _literals.Value.Find(line, candidates);
        return candidates.Count == 0 ? [] : [.. candidates.Select(i => Textual[i]).Where(r => r.IsIn(line))];
    }

    /// <summary>The product's rules with those of an experiment, if it has any.</summary>
    /// <param name="experimentPath">The absolute folder of the experiment.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: its rules cannot be used; line and column are said.</exception>
    public static FailureRuleSet Load(string experimentPath)
    {
        string path = Path.Combine(experimentPath, ".hpc", FileName);
        if (!File.Exists(path)) return BuiltIn;
        try
        {
            using StreamReader text = new(path, Encoding.UTF8);
            return BuiltIn.With(FailureRuleReader.Read(text, path, isUser: true));
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw new HpcException(ErrorCode.ConfigInvalid, $"the rules in {path} cannot be read: {error.Message}", "Make the file readable, or remove it.", error);
        }
    }

    /// <summary>These rules with others that come first, and in place of those with the same name.</summary>
    internal FailureRuleSet With(IReadOnlyList<FailureRule> own)
    {
        HashSet<string> names = own.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        return new([.. own, .. Rules.Where(r => !names.Contains(r.Name))]);
    }

    private static IReadOnlyList<FailureRule> ReadBuiltIn()
    {
        using Stream stream = typeof(FailureRuleSet).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"{ResourceName} is not in the assembly");
        using StreamReader text = new(stream, Encoding.UTF8);
        return FailureRuleReader.Read(text, ResourceName, isUser: false);
    }
}
