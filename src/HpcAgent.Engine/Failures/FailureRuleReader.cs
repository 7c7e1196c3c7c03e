using System.Text.RegularExpressions;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Failures;

/// <summary>Reads rules from YAML: a list of maps. Everything that is wrong is an error with its line and column.</summary>
internal sealed partial class FailureRuleReader
{
    private const int MaxPriority = 100_000;
    private const int UserPriority = 150;
    private static readonly string[] s_keys = ["name", "category", "priority", "pattern", "reason", "state", "exit", "signal", "missing_log", "cause", "remedy"];

    private readonly string _file;
    private readonly bool _isUser;
    private readonly SiteMapping _map;

    private FailureRuleReader(string file, bool isUser, SiteMapping map) => (_file, _isUser, _map) = (file, isUser, map);

    /// <summary>Reads the rules.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <param name="isUser">True for those of an experiment.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: something about them cannot be used.</exception>
    public static IReadOnlyList<FailureRule> Read(TextReader text, string file, bool isUser)
    {
        SiteNode? root = SiteYaml.Read(text, file);
        if (root is null or SiteScalar { Value: null }) return [];
        if (root is not SiteList list) throw SiteError.At(file, root, $"the file is {root.Kind}, not a list of rules", "Begin each rule with '- name: ...'.");
        Dictionary<string, SiteNode> names = new(StringComparer.Ordinal);
        List<FailureRule> rules = [];
        foreach (SiteNode item in list.Items)
        {
            if (item is not SiteMapping map) throw SiteError.At(file, item, $"a rule is {item.Kind}, not a map", "Give name, category, pattern and remedy.");
            FailureRule rule = new FailureRuleReader(file, isUser, map).Rule();
            if (!names.TryAdd(rule.Name, item)) throw SiteError.At(file, item, $"the rule '{rule.Name}' is there twice, first in line {names[rule.Name].Line}", "Rename one of the two.");
            rules.Add(rule);
        }
        return rules;
    }

    private FailureRule Rule()
    {
        CheckKeys();
        SiteKey name = Required("name");
        string text = Text(name);
        if (!NamePattern().IsMatch(text)) throw At(name.Value, $"'{text}' cannot be the name of a rule", "Use small letters, digits and '_', beginning with a letter.");
        FailureRule rule = new()
        {
            Name = text,
            Category = Category(Required("category")),
            Priority = Find("priority") is { } priority ? Number(priority, priority.Value, 1, MaxPriority) : UserPriority,
            Remedy = Text(Required("remedy")),
            Cause = Find("cause") is { } cause ? Text(cause) : null,
            Origin = $"{_file}:{_map.Line}",
            Patterns = Patterns("pattern"),
            Reasons = Patterns("reason"),
            States = [.. Items("state").Select(State)],
            ExitCodes = [.. Items("exit").Select(n => Number(Find("exit")!, n, 0, 255))],
            Signals = [.. Items("signal").Select(n => Number(Find("signal")!, n, 1, 64))],
            NeedsMissingLog = Find("missing_log") is { } missing && (missing.Value is SiteScalar { Value: bool value }
                ? value
                : throw At(missing.Value, "'missing_log' must be true or false", "Write true, or remove the key.")),
        };
        bool asksNothing = rule.Patterns.Count + rule.Reasons.Count + rule.States.Count + rule.ExitCodes.Count + rule.Signals.Count == 0;
        if (asksNothing) throw At(_map, $"the rule '{text}' has no condition", "Give it a pattern, or reason, state, exit or signal.");
        return rule;
    }

    private void CheckKeys()
    {
        Dictionary<string, SiteKey> seen = new(StringComparer.Ordinal);
        foreach (SiteKey key in _map.Keys)
        {
            if (!s_keys.Contains(key.Name, StringComparer.Ordinal))
                throw SiteError.At(_file, key, $"there is no key '{key.Name}'.{NearestName.Suggestion(key.Name, s_keys)}", $"Remove it, or use one of: {string.Join(", ", s_keys)}.");
            if (!seen.TryAdd(key.Name, key)) throw SiteError.At(_file, key, $"'{key.Name}' is given twice, first in line {seen[key.Name].Line}", "Keep one of the two.");
        }
    }

    private SiteKey? Find(string name) => _map.Keys.FirstOrDefault(k => k.Name == name && k.Value is not SiteScalar { Value: null });

    private SiteKey Required(string name) => Find(name) ?? throw At(_map, $"a rule has no '{name}'", $"Give it a {name}.");

    private IReadOnlyList<SiteNode> Items(string name) => Find(name)?.Value switch { null => [], SiteList list => list.Items, var one => [one] };

    private string Text(SiteKey key) => Text(key, key.Value);

    private string Text(SiteKey key, SiteNode node) => node is SiteScalar scalar && !string.IsNullOrWhiteSpace(scalar.Text)
        ? scalar.Text.Trim()
        : throw At(node, $"'{key.Name}' must hold text, not {node.Kind}", "Give text; put quotes around it if need be.");

    private int Number(SiteKey key, SiteNode node, int least, int most) =>
        node is SiteScalar scalar && YamlScalar.Type(scalar.Text) is long number && number >= least && number <= most
            ? (int)number
            : throw At(node, $"'{key.Name}' must be a whole number from {least} to {most}", "Correct the number.");

    private FailureCategory Category(SiteKey key) => FailureCategoryName.Parse(Text(key)) ?? throw At(
        key.Value,
        $"there is no category '{Text(key)}'.{NearestName.Suggestion(Text(key), FailureCategoryName.All.Select(FailureCategoryName.Of))}",
        $"Use one of: {string.Join(", ", FailureCategoryName.All.Select(FailureCategoryName.Of))}.");

    private TaskState State(SiteNode node)
    {
        string[] known = [.. Enum.GetValues<TaskState>().Where(TaskStates.IsUnsuccessful).Select(TaskStateName.Text)];
        string text = (node as SiteScalar)?.Text ?? "";
        return known.Contains(text, StringComparer.Ordinal)
            ? TaskStateName.Parse(System.Text.Encoding.UTF8.GetBytes(text))
            : throw At(node, $"'{text}' is not the state of a task that failed.{NearestName.Suggestion(text, known)}", $"Use one of: {string.Join(", ", known)}.");
    }

    private List<FailurePattern> Patterns(string name)
    {
        List<FailurePattern> patterns = [];
        foreach (SiteNode node in Items(name))
        {
            string text = Text(Find(name)!, node);
            try
            {
                FailurePattern pattern = new(text);
                // Compiled at once, to say what is wrong with it; those of the product are compiled by its tests.
                if (_isUser) pattern.Check();
                if (_isUser && pattern.IsIn("")) throw At(node, $"the pattern '{text}' fits an empty line, and so every line", "Make it say more.");
                patterns.Add(pattern);
            }
            catch (NotSupportedException error)
            {
                throw SiteError.At(
                    _file, node.Line, node.Column, $"the pattern '{text}' needs look-around, a back-reference or an atomic group, or is too large", "Write it without.", error);
            }
            catch (ArgumentException error)
            {
                throw SiteError.At(_file, node.Line, node.Column, $"the pattern cannot be read: {error.Message.TrimEnd('.')}", "Correct the regular expression.", error);
            }
        }
        return patterns;
    }

    private HpcException At(SiteNode node, string problem, string remedy) =>
        SiteError.At(_file, node, _isUser ? problem : $"{problem} (a fault of the program)", remedy);

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,63}\z")]
    private static partial Regex NamePattern();
}
