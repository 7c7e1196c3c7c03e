namespace HpcAgent.Engine.Tasks;

/// <summary>Tells whether bash and every other POSIX shell do the same with a command.</summary>
internal static class PortableCommand
{
    // Reserved words and builtins of bash 5.2 and dash 0.5, without true and false, which all shells agree on.
    private static readonly HashSet<string> NotPrograms = new(
        ("! { } [[ ]] [ . : if then else elif fi case esac for select while until do done in function time coproc "
        + "alias bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs disown echo enable eval exec "
        + "exit export fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly "
        + "return set shift shopt source suspend test times trap type typeset ulimit umask unalias unset wait").Split(' '),
        StringComparer.Ordinal);

    private static readonly HashSet<string> Reserved = new(
        "! { } [[ ]] if then else elif fi case esac for select while until do done in function time coproc".Split(' '), StringComparer.Ordinal);

    /// <summary>Whether a program's name would be read as a reserved word or an assignment unless it stands in quotes.</summary>
    public static bool NeedsQuotesAsProgram(string word) =>
        ShellQuote.IsSafe(word) && (Reserved.Contains(word) || word.Contains('=', StringComparison.Ordinal));

    /// <summary>Whether there is nothing to run: only white space and comments.</summary>
    public static bool IsEmpty(string shellText) =>
        shellText.Split('\n').All(line => line.AsSpan().Trim() is var rest && (rest.IsEmpty || rest[0] == '#'));

    public static bool Check(string shellText)
    {
        var words = Words(shellText.Trim(' ', '\t'));
        return words is { Count: > 0 }
            && ShellQuote.IsSafe(words[0])
            && !NotPrograms.Contains(words[0])
            && !words[0].Contains('=', StringComparison.Ordinal)
            && words[0][0] is not ('%' or '-');
    }

    /// <summary>The words, if the text holds nothing but safe characters, references and single quotes; else null.</summary>
    private static List<string>? Words(string text)
    {
        var words = new List<string>();
        var start = 0;
        for (var at = 0; at <= text.Length;)
        {
            if (at == text.Length || text[at] is ' ' or '\t')
            {
                if (at > start) words.Add(text[start..at]);
                start = ++at;
                continue;
            }

            var length = PartLength(text.AsSpan(at));
            if (length == 0) return null;
            at += length;
        }

        return words;
    }

    private static int PartLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'') return text[1..].IndexOf('\'') + 2 is > 1 and var quoted ? quoted : 0;
        if (!text.StartsWith("\"${HPC_")) return ShellQuote.IsSafe(text[..1]) ? 1 : 0;
        var end = text.IndexOf('}');
        var isName = end > 0 && !text[3..end].ContainsAnyExcept(ShellQuote.Variable);
        return isName && text[(end + 1)..] is ['"', ..] ? end + 2 : 0;
    }
}
