using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>Follows the words of one list of commands, as far as they change how a value at that place would be understood.</summary>
internal sealed class CommandWords
{
    private static readonly HashSet<string> CommandsFollow = new(StringComparer.Ordinal)
    {
        "then", "do", "else", "elif", "if", "while", "until", "!", "time", "{",
    };

    private static readonly HashSet<string> Arithmetic = new(StringComparer.Ordinal) { "-eq", "-ne", "-lt", "-le", "-gt", "-ge" };
    private readonly StringBuilder _word = new();
    private bool _begun;
    private bool _quoted;
    private bool _atCommand = true;
    private bool _inTest;
    private bool _testHasValue;
    private bool _testHasArithmetic;

    /// <summary>How many <c>case</c> are open, whose patterns end in a parenthesis that closes nothing.</summary>
    public int OpenCases { get; private set; }

    /// <summary>The command of the words so far if it runs its words as code: <c>eval</c> or <c>let</c>.</summary>
    public string? Evaluator { get; private set; }

    public bool BetweenWords => !_begun;

    public void Add(char c)
    {
        _begun = true;
        _word.Append(c);
    }

    /// <summary>Something quoted or expanded belongs to the word.</summary>
    public void AddOpaque()
    {
        _begun = true;
        _quoted = true;
    }

    public void AddValue()
    {
        AddOpaque();
        _testHasValue |= _inTest;
    }

    /// <summary>White space: the word is complete. Returns what is wrong with it, or null.</summary>
    public string? EndWord()
    {
        var word = _quoted ? "" : _word.ToString();
        var begun = _begun;
        _word.Clear();
        _begun = _quoted = false;
        if (!begun) return null;
        if (_inTest) return InTest(word);
        if (word is "in" && OpenCases > 0)
        {
            _atCommand = true;
            return null;
        }

        if (!_atCommand) return null;
        switch (word)
        {
            case "case": OpenCases++; break;
            case "esac" when OpenCases > 0: OpenCases--; break;
            case "[[": (_inTest, _testHasValue, _testHasArithmetic) = (true, false, false); break;
            case "eval" or "let": Evaluator = word; break;
        }

        _atCommand = CommandsFollow.Contains(word) || IsAssignment(word);
        return null;
    }

    /// <summary>A new command begins. Returns what is wrong with the last word, or null.</summary>
    public string? EndCommand()
    {
        var problem = EndWord();
        if (_inTest) return problem;
        _atCommand = true;
        Evaluator = null;
        return problem;
    }

    private string? InTest(string word)
    {
        _testHasArithmetic |= Arithmetic.Contains(word);
        if (word is not "]]") return null;
        _inTest = false;
        return _testHasValue && _testHasArithmetic
            ? "[[ ]] with -eq, -ne, -lt, -le, -gt or -ge runs code that a value may hold. Use [ ] instead."
            : null;
    }

    private static bool IsAssignment(string word) =>
        word.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals
        && (char.IsAsciiLetter(word[0]) || word[0] == '_')
        && word.AsSpan(0, equals).TrimEnd('+').IndexOfAnyExcept(ShellQuote.Name) < 0;
}
