using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Tasks;

/// <summary>Decides which braces of a command are placeholders, and remembers which parameters they name.</summary>
/// <param name="known">The parameter names; null takes every name for a parameter.</param>
internal sealed class PlaceholderNames(IReadOnlyCollection<string>? known)
{
    private const string FileSuffix = ":file";
    private readonly HashSet<string>? _known = known?.ToHashSet(StringComparer.Ordinal);

    public List<string> References { get; } = [];

    public List<string> FileReferences { get; } = [];

    /// <summary>The placeholder that begins at an opening brace, or null if these braces are not one.</summary>
    /// <param name="text">The command.</param>
    /// <param name="at">The index of the brace.</param>
    /// <param name="describe">Gives the place for error messages.</param>
    public Placeholder? Match(string text, int at, Func<int, string> describe)
    {
        var end = text.IndexOf('}', at + 1);
        if (end < 0) return null;
        var content = text[(at + 1)..end];
        var length = content.Length + 2;
        if (IsParameter(content)) return new(Note(References, content), length);
        if (content.EndsWith(FileSuffix, StringComparison.Ordinal))
        {
            var name = content[..^FileSuffix.Length];
            if (IsParameter(name)) return NoteFile(name, length);
            if (LooksLikeName(name)) throw Unknown(name, content, describe(at));
        }

        if (content.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && IsParameter(content[..colon]))
            throw TaskError.Invalid(
                $"'{{{content}}}' {describe(at)}: a value can be taken as text or by file, in no other form.",
                $"Write {{{content[..colon]}}} or {{{content[..colon]}{FileSuffix}}}.");
        if (!LooksLikeName(content)) return null;
        return content switch
        {
            "task_id" => new("HPC_TASK_ID", length),
            "run_id" => new("HPC_RUN_ID", length),
            _ => throw Unknown(content, content, describe(at)),
        };
    }

    private bool IsParameter(string name) => _known?.Contains(name) ?? (LooksLikeName(name) && name is not ("task_id" or "run_id"));

    private Placeholder NoteFile(string name, int length)
    {
        ParameterNames.CheckFileVariable(name, _known ?? []);
        Note(FileReferences, name);
        return new(ParameterNames.FileVariableFor(name), length);
    }

    private static string Note(List<string> names, string name)
    {
        if (!names.Contains(name, StringComparer.Ordinal)) names.Add(name);
        return ParameterNames.VariableFor(name);
    }

    /// <summary>Letters, digits, underscore, hyphen and point, not a range such as 1..3, and not punctuation alone.</summary>
    private static bool LooksLikeName(string content) =>
        content.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.')
        && content.Any(c => char.IsLetterOrDigit(c) || c == '_')
        && !content.Contains("..", StringComparison.Ordinal);

    private HpcException Unknown(string name, string content, string place)
    {
        var names = _known ?? [];
        var list = names.Count == 0 ? "There are no parameters." : $"The parameters are: {string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", ..." : "")}.";
        return TaskError.Invalid(
            $"'{{{content}}}' {place} names no parameter.{NearestName.Suggestion(name, names)}",
            $"{list} For braces that the program itself needs, write {{{{{content}}}}}, as in awk '{{{{print}}}}'.");
    }
}
