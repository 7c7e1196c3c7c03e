using System.Globalization;
using System.Text;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Schedulers;

/// <summary>One command over several lines, each word quoted for a POSIX shell.</summary>
internal sealed class SubmitCommand
{
    private const long Mebibyte = 1L << 20;

    private readonly StringBuilder _text;

    public SubmitCommand(string program) => _text = new StringBuilder(program);

    /// <summary>Mebibytes, rounded up.</summary>
    public static string Mebibytes(long bytes, int parts = 1)
    {
        long each = (bytes + parts - 1) / parts;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (each + Mebibyte - 1) / Mebibyte)}M");
    }

    /// <summary>Words of one line.</summary>
    public SubmitCommand Add(params string[] words) => AddShell(string.Join(' ', words.Select(ShellQuote.WhereNeeded)));

    /// <summary>An option and its value in one word, unless the value is null or empty.</summary>
    public SubmitCommand AddIf(string prefix, string? value) => string.IsNullOrEmpty(value) ? this : Add(prefix + value);

    /// <summary>Shell text as it is.</summary>
    public SubmitCommand AddShell(string text)
    {
        _text.Append(" \\\n  ").Append(text);
        return this;
    }

    public override string ToString() => _text.ToString();
}
