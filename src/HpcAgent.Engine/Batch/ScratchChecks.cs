using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>Judges the folder below which runs are to live.</summary>
internal sealed class ScratchChecks(SiteConfig site, string host, CheckList checks)
{
    private const int LeastPurgeDays = 3;

    public void Look(HostAnswer answer)
    {
        string[] lines = answer.Text("scratch").Split('\n', 4);
        string folder = lines.Length > 1 ? lines[1] : site.Scratch ?? "";
        string near = lines.Length > 2 ? lines[2] : folder;
        if (lines[0] != "ok")
        {
            string said = lines.Length > 3 ? lines[3].Trim().Replace('\n', ' ') : "";
            checks.Fail(CheckName.Scratch, $"nothing can be written to {folder} on {host}: {said}", $"Set 'scratch' at {site.Origin} to a folder that you can write there.");
        }
        else
        {
            checks.Pass(CheckName.Scratch, near == folder ? folder : $"{folder} can be made in {near}");
        }
        SpaceCheck.Judge(checks, Room(answer) with { Folder = near });
        if (site.PurgeDays is { } days) Purge(days);
    }

    private void Purge(int days)
    {
        string message = string.Create(CultureInfo.InvariantCulture, $"the site deletes files that were not touched for {days} days");
        if (days < LeastPurgeDays) checks.Warn(CheckName.Purge, message, "Fetch results as soon as a run has ended.");
        else checks.Pass(CheckName.Purge, message);
    }

    /// <summary>The room in the folder, by the answer of <see cref="PreflightScript"/>.</summary>
    internal static SiteRoom Room(HostAnswer answer) => RoomScript.Read(answer, answer.Text("scratch").Split('\n') is [_, var folder, ..] ? folder : "");
}
