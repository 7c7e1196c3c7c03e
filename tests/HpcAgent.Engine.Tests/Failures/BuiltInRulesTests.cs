using System.Diagnostics;
using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

/// <summary>Each rule on what a program that fails for its cause really leaves, where that can be run here.</summary>
public sealed class BuiltInRulesTests
{
    // Rule, shell text. The exit code is that of the shell, as a task's would be.
    public static TheoryData<string, string> Runnable() => new()
    {
        { "segmentation_fault", "python3 -c 'import ctypes; ctypes.string_at(0)'" },
        { "segmentation_fault", "kill -SEGV $$" },
        { "segmentation_fault_text", "sh -c 'kill -SEGV $$'; echo done; exit 3" },
        { "bus_error", "kill -BUS $$" },
        { "illegal_instruction", "kill -ILL $$" },
        { "arithmetic_exception", "kill -FPE $$" },
        { "processor_time", "ulimit -S -t 1; while :; do :; done" },
        { "file_size", "ulimit -f 8; exec head -c 100000 /dev/zero >$T/large" },
        { "file_size", "ulimit -f 8; python3 -c 'import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open(\"'$T/large'\", \"wb\").write(b\"x\" * 100000)'" },
        { "abort", "python3 -c 'import os; os.abort()'" },
        { "broken_pipe", "set -o pipefail; python3 -c 'import signal, os; signal.signal(signal.SIGPIPE, signal.SIG_DFL); os.write(1, b\"x\" * 10000000)' | head -c 1 >/dev/null" },
        { "killed", "kill -KILL $$" },
        { "terminated", "kill -TERM $$" },
        { "exit_127", "exit 127" },
        { "exit_126", "exit 126" },
        { "program_missing", "no-such-program --x" },
        { "program_missing", "sh -c 'no-such-program --x'" },
        { "program_missing", "./no-such-program" },
        { "program_not_executable", "touch $T/plain; $T/plain" },
        { "program_not_executable", "cd $T; sh -c ./" },
        { "conda", "conda activate torch" },
        { "modules", "module load gcc" },
        { "wrong_system", "printf '\\177ELF\\2\\1\\1nothing' >$T/p; chmod +x $T/p; $T/p" },
        { "wrong_system", "ulimit -n 4; exec 9</dev/null; python3 -c 'import os\nwhile True: os.open(\"/dev/null\", 0)' || python3 -c 'import os\nwhile True: os.open(\"/dev/null\", 0)'; ulimit -n 40; python3 -c 'import os\nwhile True: os.open(\"/dev/null\", 0)'" },
        { "device", "echo 1 >/proc/version" },
        { "mpi", "mpirun -n 4 ./model" },
        { "memory", "ulimit -v 200000; python3 -c 'x = bytearray(1 << 30)'" },
        { "memory", "ulimit -v 100000; exec bash -c 'x=$(head -c 300000000 /dev/zero | tr \"\\0\" x); echo ${#x}'" },
        { "disk_full", "python3 -c 'f = open(\"/dev/full\", \"w\"); f.write(\"x\"); f.close()'" },
        { "disk_full", "echo result >/dev/full" },
        { "quota", Error("EDQUOT") },
        { "node_broken", Error("ESTALE") },
        { "node_broken", Error("ENOTCONN") },
        { "permission", Error("EACCES") },
        { "permission", "setpriv --reuid=65534 --clear-groups cat /etc/shadow || python3 -c 'import os; os.setuid(65534); open(\"/etc/shadow\")'" },
        { "import", "python3 -c 'import no_such_module'" },
        { "import", "python3 -c 'from os import no_such_name'" },
        { "import", "perl -e 'use No::Such::Module'" },
        { "file", "python3 -c 'open(\"data/train.npz\")'" },
        { "file", "cat data/train.npz" },
        { "file", "cat /etc/passwd/x" },
        { "file", "awk -f no-such-file.awk" },
        { "network", "python3 -c 'import urllib.request; urllib.request.urlopen(\"http://127.0.0.1:1/data\")'" },
        { "network", "python3 -c 'import socket; socket.create_connection((\"no.such.host.invalid\", 80))'" },
        { "network", "curl -sS http://127.0.0.1:1/data" },
        { "arguments", "python3 -c 'import argparse; p = argparse.ArgumentParser(); p.add_argument(\"--lr\"); p.parse_args([\"--rate\", \"1\"])'" },
        { "arguments", "python3 -c 'import argparse; p = argparse.ArgumentParser(); p.add_argument(\"--lr\", required=True); p.parse_args([])'" },
        { "arguments", "ls --no-such-option" },
        { "shell", "set -u; echo $no_such_variable" },
        { "shell", "if then" },
        { "shell", "sh -c 'if then'" },
        { "assertion", "python3 -c 'assert 1 == 2'" },
        { "exception", "python3 -c '{}[\"beta\"]'" },
        { "exception", "python3 -c 'import json; json.loads(\"{\")'" },
        { "exception", "perl -e 'die \"no gradient\"'" },
        { "exception", "awk 'BEGIN { x = (1 }'" },
        { "told_by_another", "python3 -c 'import subprocess; subprocess.run([\"false\"], check=True)'" },
        { "error_line", "echo 'solver: cannot reach the tolerance'; exit 4" },
        { "log_missing", "exit 5" },
        { "unknown", "echo 'step 17'; exit 5" },
    };

    // What cannot be run here: the words as the programs print them.
    public static TheoryData<string, string, int> Texts() => new()
    {
        { "gpu_memory", "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 15.78 GiB total capacity)\n", 1 },
        { "gpu_memory", "torch.OutOfMemoryError: HIP out of memory.\n[rank0]: torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n", 1 },
        { "gpu_memory", "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 1073741824 bytes.\n", 1 },
        { "device_assert", "RuntimeError: CUDA error: device-side assert triggered\n", 1 },
        { "gpu", "RuntimeError: CUDA error: no kernel image is available for execution on the device\n", 1 },
        { "gpu", "RuntimeError: Found no NVIDIA driver on your system.\n", 1 },
        { "memory", "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n", 134 },
        { "memory", "Error: cannot allocate vector of size 8.0 Gb\nExecution halted\n", 1 },
        { "memory", "awk: run time error: out of memory\n\tFILENAME=\"\" FNR=0 NR=0\n", 2 },
        { "memory", "java.lang.OutOfMemoryError: Java heap space\n", 1 },
        { "memory", "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 745. GiB for an array\n", 1 },
        { "memory", "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed. \n", 1 },
        { "memory", "srun: error: n1: task 0: Out Of Memory\n", 1 },
        { "time_limit_text", "slurmstepd-n1: error: *** JOB 1 ON n1 CANCELLED AT 2026-11-21T04:23:01 DUE TO TIME LIMIT ***\n", 15 },
        { "preempted_text", "slurmstepd: error: *** JOB 1 ON n1 CANCELLED AT 2026-11-21T04:23:01 DUE TO PREEMPTION ***\n", 15 },
        { "licence", "gurobipy.GurobiError: Model too large for size-limited license; visit https://gurobi.com/unrestricted\n", 1 },
        { "licence", "License checkout failed.\nLicense Manager Error -4\n", 1 },
        { "licence", "FlexNet Licensing error:-18,147\n", 1 },
        { "shared_library", "./model: error while loading shared libraries: libcudart.so.11.0: cannot open shared object file: No such file or directory\n", 127 },
        { "import", "Error in library(lme4) : there is no package called ‘lme4’\nExecution halted\n", 1 },
        { "wrong_system", "./model: /lib64/libc.so.6: version `GLIBC_2.34' not found (required by ./model)\n", 1 },
        { "modules", "Lmod has detected the following error:  The following module(s) are unknown: \"gcc/99\"\n", 1 },
        { "mpi", "There are not enough slots available in the system to satisfy the 64 slots\nthat were requested by the application:\n", 1 },
        { "mpi", "Fatal error in PMPI_Recv: Message truncated, error stack:\n", 15 },
        { "network", "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='x', port=443): Max retries exceeded with url: /a\n", 1 },
        { "assertion", "thread 'main' panicked at src/main.rs:3:5:\n", 101 },
        { "assertion", "model: grid.c:12: step: Assertion `n > 0' failed.\nAborted (core dumped)\n", 134 },
        { "exception", "Exception in thread \"main\" java.lang.NullPointerException\n\tat Main.main(Main.java:3)\n", 1 },
        { "exception", "Error in solve.default(a) : \n  Lapack routine dgesv: system is exactly singular\nExecution halted\n", 1 },
        { "named_exception", "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nmodel.solver.NoConvergence: after 100 steps\n", 1 },
        { "traceback", "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n", 1 },
    };

    [Theory]
    [MemberData(nameof(Runnable))]
    public async Task A_program_that_really_fails_is_recognised(string rule, string script)
    {
        string folder = Directory.CreateTempSubdirectory("hpc-rules-").FullName;
        try
        {
            // As the dispatcher starts it: a shell of its own, output and errors into one log.
            ProcessStartInfo start = new("bash", ["-c", "bash \"$T/command.sh\" >\"$T/log\" 2>&1 </dev/null; exit $?"]) { WorkingDirectory = folder, RedirectStandardError = true };
            start.Environment["T"] = folder;
            start.Environment["LC_ALL"] = "C";
            await File.WriteAllTextAsync(Path.Combine(folder, "command.sh"), script + "\n");
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync();
            string log = await File.ReadAllTextAsync(Path.Combine(folder, "log"));
            Assert.NotEqual(0, process.ExitCode);
            FailureVerdict verdict = Sample.Judge(log, Sample.Task(exit: process.ExitCode));
            Assert.True(rule == verdict.Rule.Name, $"{verdict.Rule.Name} by '{verdict.Line}', exit code {process.ExitCode}:\n{log}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void What_programs_that_are_not_here_print_is_recognised(string rule, string log, int exit)
    {
        FailureVerdict verdict = Sample.Judge(log, Sample.Task(exit: exit));
        Assert.True(rule == verdict.Rule.Name, $"{verdict.Rule.Name} by '{verdict.Line}'");
    }

    [Theory]
    [InlineData("preempted", TaskState.Preempted, "the scheduler sent TERM")]
    [InlineData("cancelled", TaskState.Cancelled, "the run was stopped")]
    [InlineData("walltime", TaskState.Timeout, "its limit of 60 s was over")]
    [InlineData("memory_limit", TaskState.OutOfMemory, "the scheduler says OUT_OF_MEMORY")]
    [InlineData("node_failure", TaskState.NodeFailure, "the scheduler says NODE_FAIL")]
    [InlineData("lost", TaskState.Lost, null)]
    [InlineData("preamble", TaskState.Failed, "the preamble ended with exit code 1")]
    [InlineData("dispatcher", TaskState.Failed, "dispatcher: the shell zsh is not on this node")]
    [InlineData("dispatcher", TaskState.Failed, "could not be started: the shell is gone")]
    [InlineData("node_disk_full", TaskState.Failed, "dispatcher: its work folder could not be made: mkdir: cannot create directory 'x': No space left on device")]
    [InlineData("node_quota", TaskState.Failed, "dispatcher: its results could not be moved into place: mv: Disk quota exceeded")]
    [InlineData("before_start", TaskState.Failed, "the scheduler says failed 27 : searching requested shell, before the task began")]
    public void What_scheduler_and_node_say_stands_above_any_log(string rule, TaskState state, string? reason) => Assert.All(
        ["", "slurmstepd: error: *** JOB 1 CANCELLED DUE TO TIME LIMIT ***\n", "CUDA out of memory\nSegmentation fault\n"],
        log => Assert.Equal(rule, Sample.Judge(log, Sample.Task(state: state, exit: null, reason: reason)).Rule.Name));

    [Fact]
    public void Every_rule_has_such_a_test()
    {
        string[] byState = ["preempted", "cancelled", "walltime", "memory_limit", "node_failure", "lost", "preamble", "dispatcher", "node_disk_full", "node_quota", "before_start"];
        IEnumerable<string> tested = Runnable().Select(r => (string)r[0]).Concat(Texts().Select(r => (string)r[0])).Concat(byState);
        Assert.Empty(FailureRuleSet.BuiltIn.Rules.Select(r => r.Name).Except(tested));
    }

    [Fact]
    public void Every_pattern_compiles_and_none_fits_an_empty_line() => Assert.All(
        FailureRuleSet.BuiltIn.Rules.SelectMany(r => r.Patterns.Concat(r.Reasons)),
        pattern =>
        {
            pattern.Check();
            Assert.False(pattern.IsIn(""), pattern.Text);
        });

    [Fact]
    public void All_rules_but_one_are_tried_only_on_lines_with_one_of_their_words() => Assert.Equal(
        ["named_exception"], FailureRuleSet.BuiltIn.Textual.Where(r => r.Patterns.Any(p => p.Literals is null)).Select(r => r.Name));

    private static string Error(string name) => $"python3 -c 'import os, errno; raise OSError(errno.{name}, os.strerror(errno.{name}), \"/data/out.h5\")'";
}
