using System.Text;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

/// <summary>
/// Random commands, most of them odd and many of them wrong. Where the translation is accepted it must do, for a harmless value, what
/// the shell does with the value typed in place of the placeholder, and for a hostile value it must run nothing of it.
/// </summary>
public sealed class CommandFuzzTests
{
    private static readonly string[] Parts =
    [
        "'", "\"", "\\", "$(", ")", "`", "{v}", "{v}", "{v}", " ", "\n", "a", "$'", "${x:-", "}", "#", ";", "show ", "show ", "$((", "))",
        "<<E\n", "\nE\n", "<<'E'\n", "<<-E\n", "(", "$x", "\\\"", "\\'", "\\\\", "case {v} in b) ", ";; esac", "[[ ", " ]]", " -eq ", "|| ", " && ", "\t",
        "$", "=", "{", "$(show ", "\"$(show '", "')\"", "\"`show ", "`\"", "x={v} ", "'{v}'", "\"{v}\"", "((", "$[", "]", "if ", "; then ", "; fi", "{ ", "; }", "cat ",
        " 'it", "\"it's {v}\"", "$\"", "!", "~", "*", "-", "<<<", "echo ", "in ", "esac", "\r",
    ];

    [Theory]
    [InlineData("bash", 1)]
    [InlineData("bash", 2)]
    [InlineData("dash", 3)]
    public void A_translated_command_does_what_was_written_and_runs_no_value(string shell, int seed)
    {
        var random = new Random(seed);
        var accepted = new List<(string Template, string Translated)>();
        for (var i = 0; i < 40_000 && accepted.Count < 1500; i++)
        {
            var text = new StringBuilder("show ");
            for (var n = random.Next(2, 14); n > 0; n--) text.Append(Parts[random.Next(Parts.Length)]);
            var template = text.ToString();
            // The shell gives these another meaning than a placeholder, or dash has no such syntax.
            if (!template.Contains("{v}", StringComparison.Ordinal) || template.Contains("\\{v}", StringComparison.Ordinal)
                || template.Contains("${v}", StringComparison.Ordinal) || template.Contains("{{", StringComparison.Ordinal)
                || template.Contains("$$", StringComparison.Ordinal)
                || (shell == "dash" && new[] { "$'", "$\"", "[[", "((", "$[", "<<<" }.Any(only => template.Contains(only, StringComparison.Ordinal))))
                continue;
            try
            {
                accepted.Add((template, CommandTemplate.Parse(template, ["v"]).ShellText));
            }
            catch (HpcException)
            {
                // Refusing is always right here; the other tests see to it that it is rare.
            }
        }

        Assert.True(accepted.Count > 500);
        // Begins with no letter, lest a name before it grow.
        const string Value = ".Xq7";
        var typed = Run(shell, "unset", accepted.Select(c => c.Template.Replace("{v}", Value, StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal)));
        var translated = Run(shell, Value, accepted.Select(c => c.Translated));
        var hostile = Run(shell, "'\"`pwn`$(pwn)\"'`pwn`;pwn\npwn\nE\npwn)}]] a[$(pwn)]", accepted.Select(c => c.Translated));
        for (var i = 0; i < accepted.Count; i++)
        {
            Assert.True(typed[i] == translated[i], $"{shell}: {accepted[i].Template}\n=> {accepted[i].Translated}\ntyped: {typed[i]}\ngot:   {translated[i]}");
            Assert.False(hostile[i].Contains("PWNED", StringComparison.Ordinal), $"{shell}: {accepted[i].Template}\n=> {accepted[i].Translated}\nran the value");
        }
    }

    /// <summary>Evaluates each command in a subshell without any program on PATH and returns what each one shows.</summary>
    private static string[] Run(string shell, string value, IEnumerable<string> commands)
    {
        var script = new StringBuilder("""
            PATH=/nowhere
            cd /nowhere 2>/dev/null
            set -f
            exec 2>/dev/null 3>&1
            show() { for a in "$@"; do printf '%s|' "$a"; done; for a in "$@"; do printf '<%s>' "$a" >&3; done; printf '.' >&3; }
            cat() { while IFS= read -r line; do printf '%s\n' "$line" >&3; done; }
            pwn() { printf PWNED >&3; }

            """);
        script.Append("export HPC_KW_V=").Append(ShellQuote.Always(value)).Append('\n');
        foreach (var command in commands)
            script.Append("T=").Append(ShellQuote.Always(command)).Append("\n( eval \"$T\"; wait ) </dev/null >/dev/null\nprintf '\\004\\n'\n");
        return PythonOracle.Run($"/bin/{shell}", [], script.Append("exit 0\n").ToString()).Split('\u0004');
    }
}
