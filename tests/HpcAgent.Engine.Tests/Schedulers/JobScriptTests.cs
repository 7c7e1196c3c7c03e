using HpcAgent.Engine.Schedulers;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

public class JobScriptTests
{
    private const string Report = "printf '%s\\n' \"$#\" \"$1\" \"$2\" \"$3\" \"$4\" \"$HPC_RUN_DIR\" \"$HPC_SCHEDULER\" \"$HPC_NODE\" \"$HPC_CPUS\" \"$HPC_RESTART_COUNT\" \"${SLURM_EXPORT_ENV-none}\" \"$TMPDIR\" \"$HOME\"";

    public static TheoryData<string> Kinds => [.. SchedulerFactory.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_script_begins_with_the_shell_and_ends_in_the_dispatcher(string kind)
    {
        string script = SchedulerFactory.Create(kind).RenderJobScript(Full());
        Assert.StartsWith("#!/bin/sh\n", script, StringComparison.Ordinal);
        string last = script.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("exec /bin/sh \"$HPC_RUN_DIR/dispatch.sh\" \"$HPC_RUN_DIR\" 2 \"$", last, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', script);
        Assert.DoesNotMatch("@[A-Z_]+@", script.Replace("at signs", "", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("slurm", "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_JOB_ID=41 SLURM_CPUS_PER_TASK=3 SLURMD_NODENAME=n1 SLURM_RESTART_COUNT=2 SLURM_EXPORT_ENV=NIL", "2")]
    [InlineData("sge", "SGE_TASK_ID=7 JOB_ID=41 NSLOTS=3 HOSTNAME=n1 RESTARTED=1 JOB_NAME=hpc-a1b2", "1")]
    public async Task A_stand_in_for_the_node_reaches_the_dispatcher_with_awkward_folders(string kind, string environment, string restarts)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no /bin/sh");
        using TempFolder folder = new();
        string root = folder["it's $x \"q\" @INDEX@ `b` :,"];
        Directory.CreateDirectory(root + "/logs");
        await File.WriteAllTextAsync(root + "/dispatch.sh", Report);
        ArraySubmission array = Full(root);
        await File.WriteAllTextAsync(array.ScriptPath, SchedulerFactory.Create(kind).RenderJobScript(array));
        (int exit, string output, string errors) = await ChildProcess.TryRunAsync(
            "/bin/sh", $"env -i TMPDIR=/nowhere {environment} /bin/sh \"$1\" /opt/x/bin", ["-s", "--", array.ScriptPath]);
        Assert.Equal((0, ""), (exit, errors));
        string said = kind == "sge" ? await File.ReadAllTextAsync(root + "/logs/hpc-a1b2.7.out") : output;
        string[] lines = said.Split('\n');
        Assert.Equal(["4", root, "2", "7", "41", root, kind, "n1", "3", restarts, "none", "/tmp"], lines[..12]);
        if (kind == "slurm") Assert.StartsWith("/", lines[12], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("slurm", "SLURM_JOB_ID=41")]
    [InlineData("slurm", "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_JOB_ID=41")] // no dispatcher there
    [InlineData("sge", "JOB_ID=41 SGE_TASK_ID=undefined")]
    [InlineData("sge", "JOB_ID=41 SGE_TASK_ID=1")]
    public async Task A_script_that_cannot_go_on_exits_1_with_a_reason(string kind, string environment)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no /bin/sh");
        using TempFolder folder = new();
        string script = folder.Write("job", SchedulerFactory.Create(kind).RenderJobScript(Full(folder["nothing"])));
        (int exit, string output, string errors) = await ChildProcess.TryRunAsync("/bin/sh", $"env -i {environment} /bin/sh \"$1\"", ["-s", "--", script]);
        Assert.Equal(1, exit);
        Assert.Contains("hpc-agent: ", output + errors, StringComparison.Ordinal);
    }
}
