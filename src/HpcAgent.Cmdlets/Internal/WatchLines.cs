using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

/// <summary>Turns looks at runs into progress: one line a run, and one bar.</summary>
internal sealed class WatchLines
{
    private const int RoomForEnded = 8;
    private const int FirstLine = 2;

    // Brackets, blanks and the indent that the host puts around a line.
    private const int Frame = 9;

    private readonly int _width;
    private readonly SortedDictionary<int, WatchedRun> _last = [];

    /// <summary>Creates it.</summary>
    /// <param name="width">How wide the host draws a line.</param>
    public WatchLines(int width) => _width = width;

    /// <summary>Takes a look in.</summary>
    /// <returns>What is to be shown.</returns>
    public IReadOnlyList<ProgressRecord> Take(WatchedRun look)
    {
        lock (_last)
        {
            _last[look.Index] = look;
            RunStatus[] all = [.. _last.Values.Where(l => l.Status is not null).Select(l => l.Status!)];
            if (all.Length == 0) return [];
            if (_last.Count == 1) return [new ProgressRecord(1, Name(look), Text(look)) { PercentComplete = WatchText.Percent(all) }];
            ProgressRecord whole = new(1, string.Create(CultureInfo.InvariantCulture, $"{_last.Count} runs"), WatchText.Together(all)) { PercentComplete = WatchText.Percent(all) };
            return [whole, .. _last.Values.Where(l => l.Status is not null).Select(Line)];
        }
    }

    private ProgressRecord Line(WatchedRun look) => new(FirstLine + look.Index, Name(look), Text(look))
    {
        ParentActivityId = 1,
        RecordType = look.IsOver && _last.Count > RoomForEnded ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    };

    private string Text(WatchedRun look) => WatchText.Line(look, Math.Max(20, _width - Name(look).Length - Frame));

    // What tells runs apart is at the beginning and at the end.
    private string Name(WatchedRun look) => look.RunId.Length <= _width / 3 ? look.RunId : string.Concat(look.RunId.AsSpan(0, 11), "\u2026", look.RunId.AsSpan(look.RunId.Length - 8));
}
