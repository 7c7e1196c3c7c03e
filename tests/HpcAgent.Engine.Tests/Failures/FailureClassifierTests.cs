using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

public sealed class FailureClassifierTests
{
    // The last line counts, unless what is above it is decisive or the last line only tells of another program.
    [Theory]
    [InlineData("ImportError: numba is not here, going on without\nValueError: bad shape\n", "exception", "ValueError: bad shape")]
    [InlineData("CUDA out of memory\nValueError: bad shape\n", "gpu_memory", "CUDA out of memory")]
    [InlineData("ModuleNotFoundError: No module named 'x'\nsrun: error: n1: task 0: Exited with exit code 1\n", "import", "ModuleNotFoundError: No module named 'x'")]
    [InlineData("ModuleNotFoundError: No module named 'x'\nERROR: training failed\n", "import", "ModuleNotFoundError: No module named 'x'")]
    [InlineData("KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nTypeError: b\n", "exception", "TypeError: b")]
    [InlineData("srun: error: n1: task 0: Exited with exit code 1\n", "told_by_another", "srun: error: n1: task 0: Exited with exit code 1")]
    [InlineData("cat: a: No such file or directory\nstep 2 of 9\nstep 3 of 9\n", "file", "cat: a: No such file or directory")]
    [InlineData("\u001b[31mRuntimeError\u001b[0m: \u001b[1mred\u001b[0m\n", "exception", "RuntimeError: red")]
    [InlineData(" 10%|#\r 50%|#####\rRuntimeError: over the bar\r\n", "exception", "RuntimeError: over the bar")]
    public void The_line_that_counts_is_found(string log, string rule, string line)
    {
        FailureVerdict verdict = Sample.Judge(log);
        Assert.Equal((rule, line), (verdict.Rule.Name, verdict.Line));
    }

    [Fact]
    public void The_place_is_the_last_one_in_code_of_the_user()
    {
        const string log = """
            Traceback (most recent call last):
              File "/home/u/exp/train.py", line 40, in <module>
                main()
              File "/home/u/exp/model.py", line 17, in main
                x = np.linalg.inv(a)
              File "/opt/py/lib/python3.11/site-packages/numpy/linalg/linalg.py", line 552, in inv
                ainv = _umath_linalg.inv(a, signature=signature, extobj=extobj)
            numpy.linalg.LinAlgError: Singular matrix
            """;
        FailureVerdict verdict = Sample.Judge(log);
        Assert.Equal(("numpy.linalg.LinAlgError: Singular matrix", "model.py:17", FailureCategory.CodeBug), (verdict.Line, verdict.Location, verdict.Category));
    }

    [Theory]
    [InlineData(11, null, FailureCategory.SegmentationFault)]
    [InlineData(null, 139, FailureCategory.SegmentationFault)]
    [InlineData(9, null, FailureCategory.Killed)]
    [InlineData(null, 143, FailureCategory.Killed)]
    public void A_signal_counts_whether_the_system_or_a_shell_tells_of_it(int? signal, int? exit, FailureCategory category) =>
        Assert.Equal(category, Sample.Judge("step 3\n", Sample.Task(exit: exit, signal: signal)).Category);

    [Fact]
    public void A_log_that_was_not_read_is_not_said_to_be_missing()
    {
        FailureClassifier classifier = new(FailureRuleSet.BuiltIn);
        RunTaskStatus task = Sample.Task(exit: 3);
        Assert.Equal(FailureCategory.Unknown, classifier.Classify(task, new TaskTail(0, 1, TaskTailState.Unread, "", "")).Category);
        Assert.Equal(FailureCategory.LogMissing, classifier.Classify(task, new TaskTail(0, 1, TaskTailState.Missing, "", "")).Category);
        Assert.Equal(FailureCategory.SegmentationFault, classifier.Classify(Sample.Task(exit: 139), new TaskTail(0, 1, TaskTailState.Missing, "", "")).Category);
    }

    [Fact]
    public void Whatever_a_log_holds_there_is_a_verdict() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf()), Arb.From(Gen.Choose(0, 255)), (bytes, exit) =>
        {
            FailureVerdict verdict = Sample.Judge(Encoding.UTF8.GetString(bytes), Sample.Task(exit: exit));
            Assert.NotEmpty(verdict.Line);
            Assert.DoesNotContain(verdict.Line, char.IsControl);
            Assert.NotEmpty(FailureGrouping.Group([(verdict, "n")])[0].Text);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_line_of_a_megabyte_and_a_binary_log_do_no_harm()
    {
        string[] logs =
        [
            new string('x', 1 << 20),
            new string('(', 1 << 20) + "a",
            string.Concat(Enumerable.Repeat("error ", 200_000)),
            Encoding.Latin1.GetString([.. Enumerable.Range(0, 1 << 20).Select(i => (byte)(i * 7))]),
            Encoding.UTF8.GetString([.. Enumerable.Range(0, 1 << 20).Select(i => (byte)(i * 7))]),
            string.Concat(Enumerable.Repeat("\u001b[", 500_000)),
            string.Concat(Enumerable.Repeat("'\"/", 500_000)),
        ];
        foreach (string log in logs)
        {
            FailureVerdict verdict = Sample.Judge(log + "\n");
            Assert.True(FailureGrouping.Group([(verdict, "n")])[0].Text.Length <= 400);
        }
    }
}
