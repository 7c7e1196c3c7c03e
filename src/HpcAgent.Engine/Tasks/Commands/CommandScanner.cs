using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Walks through a shell command as a shell reads it (POSIX quoting and expansion, bash's <c>$'..'</c>, <c>[[ ]]</c> and <c>(( ))</c>),
/// copies it, and puts references in the place of placeholders. Where it cannot know what the shell does, it refuses a placeholder.
/// </summary>
internal sealed partial class CommandScanner(string text, PlaceholderNames names, int offset = 0)
{
    private readonly StringBuilder _out = new(text.Length + 64);
    private CommandWords _words = new();
    private int _at;
    private int _openEscapes;
    private string? _refusal;
    private bool _verbatim;
    private (int At, string Reason)? _doubt;
    private bool _substituted;

    /// <summary>The command with references.</summary>
    public static string Translate(string text, PlaceholderNames names) => new CommandScanner(text, names).All();

    private string All()
    {
        ScanCommands(nested: false);
        return _out.ToString();
    }

    private int Current => _at < text.Length ? text[_at] : -1;

    private int Next => _at + 1 < text.Length ? text[_at + 1] : -1;

    private void Copy(int count = 1)
    {
        count = Math.Min(count, text.Length - _at);
        _out.Append(text, _at, count);
        _at += count;
    }

    private bool StartsWith(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    /// <summary>Handles a brace: a placeholder, a doubled brace, or a brace of the shell's own.</summary>
    private void ScanBrace(Quoting quoting)
    {
        if (Current == '}')
        {
            var closes = Next == '}' && _openEscapes > 0 && !_verbatim;
            if (closes) _openEscapes--;
            _out.Append('}');
            _at += closes ? 2 : 1;
            return;
        }

        var afterDollar = _at > 0 && text[_at - 1] == '$';
        if (!afterDollar && Next == '{' && !_verbatim)
        {
            _openEscapes++;
            _out.Append('{');
            _at += 2;
        }
        else if (!afterDollar && Find() is { } placeholder) Substitute(placeholder, quoting);
        else Copy();
    }

    private Placeholder? Find()
    {
        try
        {
            return names.Match(text, _at, Place);
        }
        catch (HpcException) when (_refusal is not null)
        {
            // Here the braces are the shell's own, and only a parameter's exact name is worth refusing.
            return null;
        }
    }

    private void Substitute(Placeholder placeholder, Quoting quoting)
    {
        var shown = text.Substring(_at, placeholder.Length);
        if (_refusal is not null) throw Refuse(shown, _at, _refusal);
        if (_doubt is { } doubt) throw Refuse(shown, _at, doubt.Reason);
        if (_words.Evaluator is { } evaluator)
            throw Refuse(shown, _at, $"{evaluator} would run the value as code. Pass it to a script or program as an argument.");
        var reference = "${" + placeholder.Variable + "}";
        _out.Append(quoting switch
        {
            Quoting.Bare => "\"" + reference + "\"",
            Quoting.Double => reference,
            Quoting.Single => "'\"" + reference + "\"'",
            _ => "'\"" + reference + "\"$'",
        });
        _at += placeholder.Length;
        _substituted = true;
        _words.AddValue();
    }

    /// <summary>From here on the scanner may be wrong about the quoting state: placeholders are refused, the rest is copied.</summary>
    private void Doubt(string reason) => _doubt ??= (_at, reason);

    private HpcException Refuse(string shown, int at, string reason) =>
        TaskError.Invalid($"'{shown}' {Place(at)} cannot be used there.", reason);

    /// <summary>The error for quotes or parentheses that are open at the end, unless the scanner itself may have gone astray.</summary>
    private void Unbalanced(int opened, string what)
    {
        if (_doubt is not null && !_substituted) return;
        throw TaskError.Invalid(
            $"The command opens {what} {Place(opened)} and never closes it.",
            "Close it, or put a backslash before it if the character itself is meant.");
    }

    private string Place(int at) => string.Create(CultureInfo.InvariantCulture, $"at character {offset + at + 1} of the command");
}
