using System.Diagnostics;
using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class OrphanReaperTests
{
    // Seen with a native build: the first look fell between the start of a shell and the moment when its pid was known, and ended it.
    [SkippableFact]
    public void A_shell_that_is_being_started_is_not_taken_for_something_left_behind()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux has subreapers");
        OrphanReaper reaper = new();
        using Process shell = Process.Start("sleep", "600");
        try
        {
            reaper.BeginStart();
            reaper.EndThoseLeftBehind([], () => [shell.Id]);
            Assert.False(shell.WaitForExit(300), "it was ended");
            reaper.Own(shell.Id);
            reaper.EndStart();
            reaper.EndThoseLeftBehind([], () => [shell.Id]);
            Assert.False(shell.WaitForExit(300), "it was ended");
            reaper.EndThoseLeftBehind([], () =>
            {
                // A start that begins and is over while children are listed.
                reaper.BeginStart();
                reaper.Disown(shell.Id);
                reaper.EndStart();
                return [shell.Id];
            });
            Assert.False(shell.WaitForExit(300), "it was ended");
            reaper.EndThoseLeftBehind([], () => [shell.Id]);
            Assert.True(shell.WaitForExit(30_000), "what is left behind is ended");
        }
        finally
        {
            if (!shell.HasExited) shell.Kill();
        }
    }
}
