using HpcAgent.Engine.Local;
using HpcAgent.Engine.Processes;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Preflight;

/// <summary>The checks of this machine as the cluster <c>local</c>.</summary>
internal static class LocalPreflight
{
    private static readonly string[] s_needed = ["sh"];

    /// <summary>Looks.</summary>
    /// <param name="folder">A folder in the state folder, where the scheduler keeps its things.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    public static async Task<ClusterCheckup> LookAsync(string folder, TimeProvider clock, CancellationToken cancellationToken)
    {
        CheckList checks = new("local", clock);
        if (OperatingSystem.IsWindows())
        {
            checks.Pass(CheckName.Shell, "commands are started as Windows starts them");
        }
        else
        {
            string shell = ShellChoice.Bash;
            if (s_needed.Any(p => ProgramPath.Find(p) is null))
                checks.Fail(CheckName.Shell, "sh is not on the PATH", "Add the folder of sh, usually /bin, to the PATH.");
            else if (shell == "sh")
                checks.Warn(CheckName.Shell, "there is no bash: commands run under sh", "Install bash, or declare another shell with -Shell.");
            else
                checks.Pass(CheckName.Shell, shell);
        }
        await StateAsync(checks, folder, cancellationToken);
        Space(checks, folder);
        string? python = ProgramPath.Find("python3") ?? ProgramPath.Find("python");
        if (python is null) checks.Warn(CheckName.Python, "there is no python3 on the PATH", "Only tasks in a tasks.py, and commands that call python, need it.");
        else checks.Pass(CheckName.Python, python);
        return new ClusterCheckup(checks.Checks, new Wire());
    }

    private static async Task StateAsync(CheckList checks, string folder, CancellationToken cancellationToken)
    {
        try
        {
            string probe = Path.Join(folder, $"probe-{Environment.ProcessId}");
            await DurableFile.WriteAsync(probe, "probe\n"u8.ToArray(), cancellationToken);
            File.Delete(probe);
            checks.Pass(CheckName.State, folder);
        }
        catch (HpcException e)
        {
            checks.Fail(CheckName.State, e.Message, e.Remediation);
        }
    }

    private static void Space(CheckList checks, string folder)
    {
        if (!Directory.Exists(folder)) return;
        long free = new DriveInfo(folder).AvailableFreeSpace;
        SpaceCheck.Judge(checks, new SiteRoom { Folder = folder, FreeBytes = free });
    }
}
