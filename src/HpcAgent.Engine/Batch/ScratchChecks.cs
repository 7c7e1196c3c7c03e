using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Preflight;

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
        if (FreeBytes(answer.Text("space")) is { } free) SpaceCheck.Judge(checks, near, free);
        else checks.Skip(CheckName.Space, "'df -P' does not tell");
        if (site.PurgeDays is { } days) Purge(days);
    }

    private void Purge(int days)
    {
        string message = string.Create(CultureInfo.InvariantCulture, $"the site deletes files that were not touched for {days} days");
        if (days < LeastPurgeDays) checks.Warn(CheckName.Purge, message, "Fetch results as soon as a run has ended.");
        else checks.Pass(CheckName.Purge, message);
    }

    /// <summary>What is free, by the fourth column of <c>df -P</c>, in bytes; null if it cannot be read.</summary>
    internal static long? FreeBytes(string df)
    {
        string[] lines = df.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2) return null;
        string[] names = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Names of devices may hold blanks; the capacity ends in a percent sign.
        string[] row = lines[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int percent = Array.FindIndex(row, w => w.EndsWith('%'));
        if (percent < 1 || !long.TryParse(row[percent - 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long blocks)) return null;
        return blocks * (names.Length > 1 && names[1].StartsWith("512", StringComparison.Ordinal) ? 512 : 1024);
    }
}
