using System.Text;
using FsCheck.Fluent;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

/// <summary>Runs translated commands in real shells and looks at the argument vectors that arrive.</summary>
public sealed class CommandExecutionTests
{
    private static readonly string[] Hostile =
    [
        "", " ", "a b", "a,b", "'", "\"", "'\"'\"'", "\\", "\\\\", "\\'", "$(echo pwned)", "`echo pwned`", "${HOME}", "$HOME", "a\nb", "a\n", "\n\n",
        "-rf", "--", "*", "?", "[a-z]*", "~", "~root", "{a,b}", "{lr}", "!x", "#x", "; exit 9", "& exit 9", "| exit 9", "> /dev/null", "\t\t",
        "\u00e9\u0141\U0001F600", "\u0001\u007f\u0002", "%s\\n", "a=b", "\r\n", "$((1+1))", "a[$(exit 9)]", "E", "\\$x", "x\\", "\u0081\u0088", "EOF\nE",
    ];

    // The template, and for a value the arguments that must arrive.
    private static readonly (string Template, Func<string, string[]> Expected)[] Places =
    [
        ("show {v}", v => [v]),
        ("show a{v}b {v}", v => [$"a{v}b", v]),
        ("show --x={v}", v => [$"--x={v}"]),
        ("show \"{v}\"", v => [v]),
        ("show \"a {v} b\" \"\\{v}\" \"\\\\{v}\"", v => [$"a {v} b", $"\\{v}", $"\\{v}"]),
        ("show '{v}'", v => [v]),
        ("show 'a {v} $x `y` \\'\"{v}\"", v => [$"a {v} $x `y` \\{v}"]),
        ("show 'it'\\''s {v}'", v => [$"it's {v}"]),
        ("show \"$(printf '%s.' {v})\"", v => [$"{v}."]),
        ("show \"$(printf '%s.' \"{v}\" '{v}')\"", v => [$"{v}.{v}."]),
        ("show \"`printf '%s.' {v}`\"", v => [$"{v}."]),
        ("show \"`printf '%s.' \"{v}\" '{v}'`\"", v => [$"{v}.{v}."]),
        ("x=`printf '%s.' \"{v}\"`; show \"$x\"", v => [$"{v}."]),
        ("x={v}; show \"$x\" {v}", v => [v, v]),
        ("x=\"{v}\" ; y='{v}'; show \"$x$y\"", v => [v + v]),
        ("show $x {{v}} '{{v}}' \"}}\" # {v} '", _ => ["{v}", "{v}", "}}"]),
        ("show `echo a` $(echo \"b)\" ')' {v} >/dev/null) {v}", v => ["a", v]),
        ("case {v} in zzz) show no;; *) show {v};; esac", v => [v]),
        ("x=$(case {v} in zzz) echo no;; (*) printf '%s.' {v};; esac); show \"$x\"", v => [$"{v}."]),
        ("f() { show \"$@\"; }; f {v} \"$(( 1 + 2 ))\"", v => [v, "3"]),
        ("( show {v} )", v => [v]),
        ("show \\{v} \\\"{v}\\\"", v => ["{v}", $"\"{v}\""]),
        ("show ${x:-d} \"${x:-\"d e\"}\" {v}", v => ["d", "d e", v]),
        ("if [ {v} = {v} ] && [ \"{v}\" = '{v}' ]; then show yes; fi", v => ["yes"]),
        ("for i in {v} 'b c'; do show \"$i\"; done", v => [v, "\u0003", "b c"]),
        ("x=$(cat <<E\n{v}.\nE\n); show \"$x\"", v => [$"{v}."]),
        ("x=$(cat <<E\n\"{v}\" '$(printf '%s' {v}.)' \\{v} \\$x.\nE\n)\nshow \"$x\" {v}", v => [$"\"{v}\" '{v}.' \\{v} $x.", v]),
        ("x=$(cat <<'E'\n{unknown} $x ' \\\nE\n); show \"$x\" {v}", v => ["{unknown} $x ' \\", v]),
    ];

    private static readonly (string Template, Func<string, string[]> Expected)[] BashPlaces =
    [
        ("show $'a\\n{v}\\'b' {v}", v => [$"a\n{v}'b", v]),
        ("show $'\\{v}'", v => [$"\\{v}"]),
        ("[[ {v} == {v} && {v} == '{v}' ]] && show {v}", v => [v]),
        ("x=$(cat <<<{v}.); show \"$x\"", v => [$"{v}."]),
        ("a=({v} \"{v}\"); show \"${a[@]}\"", v => [v, v]),
        ("x=$(cat <(printf '%s.' {v})); show \"$x\"", v => [$"{v}."]),
        ("for ((i=0;i<2;i++)); do show \"$i\" {v}; done", v => ["0", v, "\u0003", "1", v]),
        ("show pre{{a,b}} {v}", v => ["prea", "preb", v]),
    ];

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public void Hostile_values_arrive_byte_for_byte_in_every_quoting_position(string shell)
    {
        var places = shell == "bash" ? [.. Places, .. BashPlaces] : Places;
        Verify(shell, places.SelectMany(place => Hostile.Select(value =>
            (CommandTemplate.Parse(place.Template, ["v"]).ShellText, value, place.Expected(value)))));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public void Random_values_arrive_byte_for_byte(string shell)
    {
        var values = Values.Text(surrogateHalves: false).Sample(300).Select(text => text.Replace("\0", "", StringComparison.Ordinal)).ToArray();
        Verify(shell, values.Select((value, i) =>
        {
            var place = Places[i % Places.Length];
            return (CommandTemplate.Parse(place.Template, ["v"]).ShellText, value, place.Expected(value));
        }));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public void An_argument_list_arrives_as_it_is(string shell)
    {
        string[] arguments = [.. Hostile.Where(text => text != "{lr}").Select(text => text.Replace("{", "{{", StringComparison.Ordinal)
            .Replace("}", "}}", StringComparison.Ordinal)), "{v}", "a'{v}\"b", "$\\`{v}"];
        // A dollar before braces keeps them as they are.
        arguments = [.. arguments.Where(argument => !argument.Contains("${", StringComparison.Ordinal))];
        string Meant(string argument, string value) =>
            argument.Replace("{v}", value, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
        var text = CommandTemplate.FromArguments(["show", .. arguments], ["v"]).ShellText;
        Verify(shell, [(text, "a 'b\" $(c)\n", arguments.Select(argument => Meant(argument, "a 'b\" $(c)\n")).ToArray())]);
    }

    [Fact]
    public void A_portable_command_does_the_same_in_both_shells()
    {
        var template = CommandTemplate.Parse("/usr/bin/printf %s,%s,%s 'a {v}' {v} a%b=@c+d:e", ["v"]);
        Assert.True(template.IsPortable);
        foreach (var value in Hostile)
        {
            var script = $"HPC_KW_V={ShellQuote.Always(value)}\n{template.ShellText}\n";
            Assert.Equal($"a {value},{value},a%b=@c+d:e", PythonOracle.Run("/bin/dash", [], script));
            Assert.Equal($"a {value},{value},a%b=@c+d:e", PythonOracle.Run("/bin/bash", [], script));
        }
    }

    private static void Verify(string shell, IEnumerable<(string Command, string Value, string[] Expected)> cases)
    {
        var all = cases.ToList();
        var script = new StringBuilder("show() { for a in \"$@\"; do printf '%s\\000' \"$a\"; done; printf '\\003\\000'; }\n");
        foreach (var (command, value, _) in all)
        {
            // Each in a subshell that reads its command from a file of its own, as a task does.
            script.Append("export HPC_KW_V=").Append(ShellQuote.Always(value)).Append("\n(\n").Append(command).Append("\n)\nprintf '\\004\\000'\n");
        }

        var parts = PythonOracle.Run($"/bin/{shell}", [], script.ToString()).Split('\u0004');
        Assert.Equal(all.Count + 1, parts.Length - all.Sum(c => c.Expected.Sum(e => e.Count(ch => ch == '\u0004'))));
        var output = string.Join('\u0004', parts);
        var at = 0;
        foreach (var (command, value, expected) in all)
        {
            var want = string.Concat(expected.Select(e => e + "\0")) + "\u0003\0\u0004\0";
            var got = output.Substring(at, Math.Min(want.Length, output.Length - at));
            Assert.True(want == got, $"{shell}: {command}\nvalue: {value}\nwanted: {want.Replace('\0', '|')}\ngot: {got.Replace('\0', '|')}");
            at += want.Length;
        }
    }
}
