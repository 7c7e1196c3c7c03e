using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Tasks;

public sealed class CommandTemplateTests
{
    private static readonly string[] Names = ["lr", "seed", "my name", "_"];

    [Theory]
    [InlineData("train --lr {lr}", "train --lr \"${HPC_KW_LR}\"")]
    [InlineData("train --lr={lr}", "train --lr=\"${HPC_KW_LR}\"")]
    [InlineData("train \"{lr} x\"", "train \"${HPC_KW_LR} x\"")]
    [InlineData("train '{lr} x'", "train ''\"${HPC_KW_LR}\"' x'")]
    [InlineData("train $'\\n{lr}'", "train $'\\n'\"${HPC_KW_LR}\"$''")]
    [InlineData("train {my name} {_}", "train \"${HPC_KW_MY_NAME}\" \"${HPC_KW__}\"")]
    [InlineData("train {lr:file}", "train \"${HPC_KW_LR_FILE}\"")]
    [InlineData("train {task_id} {run_id}", "train \"${HPC_TASK_ID}\" \"${HPC_RUN_ID}\"")]
    [InlineData("x \"$(f \"{lr}\" {lr})\"", "x \"$(f \"${HPC_KW_LR}\" \"${HPC_KW_LR}\")\"")]
    [InlineData("x `f {lr}`", "x `f \"${HPC_KW_LR}\"`")]
    [InlineData("x \"\\{lr}\"", "x \"\\\\${HPC_KW_LR}\"")]
    [InlineData("x $'\\{lr}'", "x $'\\\\'\"${HPC_KW_LR}\"$''")]
    [InlineData("x # {lr} it's {unknown}\ny {lr}", "x # {lr} it's {unknown}\ny \"${HPC_KW_LR}\"")]
    [InlineData("x a#b {lr}", "x a#b \"${HPC_KW_LR}\"")]
    [InlineData("cat <<E\n{lr} '\"$x\nE\nls {lr}", "cat <<E\n${HPC_KW_LR} '\"$x\nE\nls \"${HPC_KW_LR}\"")]
    [InlineData("cat <<-E; f {lr}\n\t{lr}\n\tE\n", "cat <<-E; f \"${HPC_KW_LR}\"\n\t${HPC_KW_LR}\n\tE\n")]
    [InlineData("cat <<<{lr}", "cat <<<\"${HPC_KW_LR}\"")]
    [InlineData("v=$(case $x in a) f;; (b) g;; esac; echo {lr})", "v=$(case $x in a) f;; (b) g;; esac; echo \"${HPC_KW_LR}\")")]
    [InlineData("[[ {lr} == x ]] && y", "[[ \"${HPC_KW_LR}\" == x ]] && y")]
    [InlineData("[ {lr} -eq 1 ] && y", "[ \"${HPC_KW_LR}\" -eq 1 ] && y")]
    [InlineData("echo eval let {lr}", "echo eval let \"${HPC_KW_LR}\"")]
    [InlineData("echo $(( 1 + 2 )) {lr}", "echo $(( 1 + 2 )) \"${HPC_KW_LR}\"")]
    [InlineData("for ((i=0;i<3;i++)); do f {lr}; done", "for ((i=0;i<3;i++)); do f \"${HPC_KW_LR}\"; done")]
    [InlineData("echo \\\"{lr}\\\"", "echo \\\"\"${HPC_KW_LR}\"\\\"")]
    [InlineData("f {lr}\r\ng\r\n", "f \"${HPC_KW_LR}\"\ng\n")]
    [InlineData("(cd x && f {lr}) > {seed}.log 2>&1", "(cd x && f \"${HPC_KW_LR}\") > \"${HPC_KW_SEED}\".log 2>&1")]
    public void A_placeholder_becomes_a_reference_quoted_for_its_place(string text, string expected) =>
        Assert.Equal(expected, CommandTemplate.Parse(text, Names).ShellText);

    [Theory]
    [InlineData("awk '{print $1}' {a,b} {1..3} {} {a..c} x")]
    [InlineData("{ echo a; }; f() { g; }")]
    [InlineData("echo ${lr} \"${lr}\" '${lr}' ${x:-{foo}} ${#x} $$ $? \"$#\" $#")]
    [InlineData("find . -exec rm {} \\;")]
    [InlineData("echo '{\"a\":{\"b\":1}}' \"{\\\"a\\\": 1}\"")]
    [InlineData("echo \\{lr} \\${lr} \"\\${lr}\"")]
    [InlineData("echo {.} {-} {:} {a b} {x: y}")]
    [InlineData("echo \"it's\" 'say \"x\"' a\\'b")]
    [InlineData("python3 - <<'E'\nprint(f\"{unknown}\" + \"it's\")\nE\n")]
    [InlineData("cat <<A <<\"B\"\n`date` $(date) '\nA\n'\nB\necho 'x'")]
    [InlineData("x \"${y:-it's}\"")]
    [InlineData("case $x in a) f;; b) g;; esac")]
    [InlineData("echo $(echo ')' \")\" \\)) # it's")]
    [InlineData("cat <<E\na\\\nE\nE\n")]
    public void Braces_that_are_the_shells_own_stay(string text) => Assert.Equal(text, CommandTemplate.Parse(text, Names).ShellText);

    [Theory]
    [InlineData("awk '{{print}}'", "awk '{print}'")]
    [InlineData("echo {{{lr}}}", "echo {\"${HPC_KW_LR}\"}")]
    [InlineData("echo {{lr}} }}", "echo {lr} }}")]
    [InlineData("awk '{{print {lr}}}' '{a {b {c d}}}'", "awk '{print '\"${HPC_KW_LR}\"'}' '{a {b {c d}}}'")]
    [InlineData("python3 - <<'E'\nprint(f\"{{lr}}\")\nE", "python3 - <<'E'\nprint(f\"{lr}\")\nE")]
    public void Doubled_braces_stand_for_single_ones(string text, string expected) =>
        Assert.Equal(expected, CommandTemplate.Parse(text, Names).ShellText);

    [Theory]
    [InlineData("f {sede}", "Did you mean 'seed'?", "{{sede}}")]
    [InlineData("awk '{print}'", "{print}", "awk '{{print}}'")]
    [InlineData("f {sede:file}", "Did you mean 'seed'?", "{{sede:file}}")]
    [InlineData("f {3}", "character 3", "{{3}}")]
    [InlineData("f {lr:.3f}", "in no other form", "{lr:file}")]
    [InlineData("echo $(( {lr} + 1 ))", "{lr}", "expr")]
    [InlineData("echo $[ {lr} + 1 ]", "{lr}", "expr")]
    [InlineData("(( x = {lr} ))", "{lr}", "expr")]
    [InlineData("[[ 1 -lt {lr} ]]", "not safe", "[ ]")]
    [InlineData("let x={lr}", "{lr}", "as code")]
    [InlineData("x=1 eval \"f {lr}\"", "{lr}", "as code")]
    [InlineData("echo ${x:-{lr}}", "{lr}", "x={name}")]
    [InlineData("echo \"${x:-it's}\" {lr}", "{lr}", "Assign")]
    [InlineData("cat <<'E'\n{lr}\nE\n", "{lr}", "<<E")]
    [InlineData("x `f \\`g\\` {lr}`", "{lr}", "$( )")]
    [InlineData("echo 'a", "single quote", "Close it")]
    [InlineData("echo \"a", "double quote", "Close it")]
    [InlineData("echo $(a", "$(", "Close it")]
    [InlineData("echo ${a", "${", "Close it")]
    [InlineData("echo `a", "backtick", "Close it")]
    [InlineData("cat <<E\nfoo", "here-document", "Close it")]
    [InlineData("  # nothing\n", "empty", "program")]
    public void What_cannot_be_done_safely_is_refused_with_a_remedy(string text, string message, string remedy)
    {
        var error = Assert.Throws<HpcException>(() => CommandTemplate.Parse(text, Names));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remediation!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_named_task_id_wins_over_the_built_in() =>
        Assert.Equal("f \"${HPC_KW_TASK_ID}\"", CommandTemplate.Parse("f {task_id}", ["task_id"]).ShellText);

    [Fact]
    public void References_are_listed_in_the_order_of_use()
    {
        var template = CommandTemplate.Parse("f {seed} {lr:file} {seed} {task_id}", Names);
        Assert.Equal(["seed"], template.References);
        Assert.Equal(["lr"], template.FileReferences);
        Assert.Equal(["seed", "b.c", "lr"], CommandTemplate.PlaceholderNamesIn("f {seed} '{b.c}' {lr:file} {run_id} ${x} {a,b}"));
    }

    [Fact]
    public void A_file_reference_whose_variable_is_a_parameter_is_refused()
    {
        var error = Assert.Throws<HpcException>(() => CommandTemplate.Parse("f {x:file}", ["x", "x_file"]));
        Assert.Contains("HPC_KW_X_FILE", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("python3 train.py --lr {lr} --out=r/{seed}", true)]
    [InlineData("true", true)]
    [InlineData("awk '{{print}}' \"{lr}\"", true)]
    [InlineData("python3 x.py;", false)]
    [InlineData("python3 $HOME", false)]
    [InlineData("python3 *.py", false)]
    [InlineData("echo a", false)]
    [InlineData("A=1 python3", false)]
    [InlineData("time python3", false)]
    [InlineData("{lr} x", false)]
    [InlineData("a\nb", false)]
    [InlineData("a \"b\"", false)]
    [InlineData("a ~/b", false)]
    public void Only_plain_words_are_portable(string text, bool portable) =>
        Assert.Equal(portable, CommandTemplate.Parse(text, Names).IsPortable);

    [Fact]
    public void An_argument_list_makes_one_word_of_each_argument()
    {
        var template = CommandTemplate.FromArguments(["if", "a b", "--lr={lr}", "", "$(x) '{lr}' {{a}}", "${lr}"], Names);
        Assert.Equal("'if' 'a b' --lr=\"${HPC_KW_LR}\" '' '$(x) '\\'''\"${HPC_KW_LR}\"''\\'' {a}' '${lr}'", template.ShellText);
        Assert.Throws<HpcException>(() => CommandTemplate.FromArguments([], Names));
        Assert.Throws<HpcException>(() => CommandTemplate.FromArguments(["f", "{foo}"], Names));
    }

    [Fact]
    public void A_parameter_that_a_task_lacks_or_has_too_large_is_refused()
    {
        var tasks = TaskSet.FromMaps(
        [
            ParameterMap.Create([new("a", 1L), new("b", "x")]),
            ParameterMap.Create([new("b", new string('x', CommandTemplate.LargeValueBytes + 1))]),
        ]);
        var identity = TaskIdentity.Compute(tasks);
        var absent = Assert.Throws<HpcException>(() => CommandTemplate.Parse("f {a}", ["a", "b"]).CheckTasks(identity));
        Assert.Contains("task 1", absent.Message, StringComparison.Ordinal);
        var large = Assert.Throws<HpcException>(() => CommandTemplate.Parse("f {b}", ["a", "b"]).CheckTasks(identity));
        Assert.Contains("65537", large.Message, StringComparison.Ordinal);
        Assert.Contains("{b:file}", large.Remediation!, StringComparison.Ordinal);
        CommandTemplate.Parse("f {b:file}", ["a", "b"]).CheckTasks(identity);
    }
}
