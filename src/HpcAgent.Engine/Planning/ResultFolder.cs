using System.Globalization;
using System.Text;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Planning;

/// <summary>The folder of a task's results, relative to the run's results: the usual one, or one made from a template.</summary>
public sealed class ResultFolder
{
    private const string TaskIdName = "task_id";

    private readonly IReadOnlyList<(string Text, bool IsName)> _parts;
    private readonly string _runId;

    private ResultFolder(IReadOnlyList<(string, bool)> parts, string runId, bool isDefault)
    {
        (_parts, _runId, IsDefault) = (parts, runId, isDefault);
    }

    /// <summary>True if no template was given.</summary>
    public bool IsDefault { get; }

    /// <summary>True if the template alone keeps the folders of two tasks apart, whatever the values of parameters are.</summary>
    public bool HasTaskId => IsDefault || Enumerable.Range(0, _parts.Count).Any(StandsAlone);

    /// <summary>Reads a template such as <c>{model}/{seed}</c>; <c>{task_id}</c> and <c>{run_id}</c> are known too.</summary>
    /// <param name="template">The template, or null for the usual folder.</param>
    /// <param name="runId">The run.</param>
    /// <exception cref="HpcException">The template is absolute, leaves the results, or has an open brace.</exception>
    public static ResultFolder Parse(string? template, string runId)
    {
        if (string.IsNullOrEmpty(template)) return new ResultFolder([], runId, isDefault: true);
        if (Path.IsPathRooted(template) || template.Split('/', '\\').Contains("..", StringComparer.Ordinal))
            throw Invalid(template, "it must be a relative path inside the run's results");
        List<(string, bool)> parts = [];
        int at = 0;
        while (at < template.Length)
        {
            int open = template.IndexOf('{', at);
            if (open < 0) open = template.Length;
            if (open > at) parts.Add((template[at..open], false));
            if (open == template.Length) break;
            int close = template.IndexOf('}', open);
            if (close < 0) throw Invalid(template, $"the brace at character {open + 1} is not closed");
            parts.Add((template[(open + 1)..close], true));
            at = close + 1;
        }
        return new ResultFolder(parts, runId, isDefault: false);
    }

    /// <summary>The folder of one task.</summary>
    /// <param name="task">The task.</param>
    /// <exception cref="HpcException">The template names a parameter that the task does not have.</exception>
    public string Format(RunTask task)
    {
        if (IsDefault) return RunLayout.DefaultResultFolder(task.Id);
        StringBuilder folder = new();
        foreach ((string text, bool isName) in _parts)
            _ = isName ? folder.Append(Value(text, task)) : folder.Append(text);
        return folder.ToString().Trim('/');
    }

    private string Value(string name, RunTask task)
    {
        if (name == TaskIdName) return task.Id.ToString(CultureInfo.InvariantCulture);
        if (name == "run_id") return _runId;
        if (task.Parameters.TryGetValue(name, out object? value)) return Escape(PlainText.Of(value));
        throw new HpcException(
            ErrorCode.SpecInvalid,
            $"the result folder names the parameter '{name}', which task {task.Id} does not have",
            $"Use one of: {string.Join(", ", task.Parameters.Keys)}, task_id, run_id.");
    }

    // '{a}{task_id}' is the same for a = 1, task 12 and a = 11, task 2: the number must begin or end its segment, and on the other side
    // stand against text that is no digit.
    private bool StandsAlone(int index)
    {
        if (_parts[index] is not (TaskIdName, true)) return false;
        (bool startsSegment, bool cleanBefore) = index == 0 ? (true, true) : (EndsWith(_parts[index - 1], c => c == '/'), EndsWith(_parts[index - 1], c => !char.IsAsciiDigit(c)));
        (bool endsSegment, bool cleanAfter) = index == _parts.Count - 1 ? (true, true) : (StartsWith(_parts[index + 1], c => c == '/'), StartsWith(_parts[index + 1], c => !char.IsAsciiDigit(c)));
        return (startsSegment && cleanAfter) || (endsSegment && cleanBefore);

        static bool EndsWith((string Text, bool IsName) part, Func<char, bool> test) => !part.IsName && test(part.Text[^1]);
        static bool StartsWith((string Text, bool IsName) part, Func<char, bool> test) => !part.IsName && test(part.Text[0]);
    }

    // Values become path segments: what a file system cannot hold, or would read as structure, is percent-encoded.
    private static string Escape(string value)
    {
        StringBuilder text = new();
        foreach (byte b in Encoding.UTF8.GetBytes(value))
        {
            bool plain = b > 0x20 && b != 0x7f && !"/\\:*?\"<>|%".Contains((char)b, StringComparison.Ordinal);
            _ = plain ? text.Append((char)b) : text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        string escaped = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text.ToString()));
        return escaped switch { "" => "%", "." => "%2E", ".." => "%2E%2E", _ => escaped };
    }

    private static HpcException Invalid(string template, string why) =>
        new(ErrorCode.SpecInvalid, $"the result folder '{template}' cannot be used: {why}", "Give a template such as '{model}/{seed}'.");
}
