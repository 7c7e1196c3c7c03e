using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

/// <summary>Turns looks at runs into progress: one bar for all of them.</summary>
internal sealed class WatchBar
{
    private readonly SortedDictionary<int, RunStatus> _last = [];

    /// <summary>Takes a look in.</summary>
    /// <returns>What is to be shown, or null if there is nothing yet.</returns>
    public ProgressRecord? Take(WatchedRun look)
    {
        lock (_last)
        {
            if (look.Status is not { } status) return null;
            _last[look.Index] = status;
            RunStatus[] all = [.. _last.Values];
            string name = all.Length == 1 ? all[0].RunId : string.Create(CultureInfo.InvariantCulture, $"{all.Length} runs");
            return new ProgressRecord(1, name, WatchText.Together(all)) { PercentComplete = WatchText.Percent(all) };
        }
    }
}
