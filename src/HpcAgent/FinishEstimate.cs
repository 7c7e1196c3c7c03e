using System.Globalization;

namespace HpcAgent;

/// <summary>When a run should end: an interval, and what it rests on.</summary>
public sealed record FinishEstimate
{
    /// <summary>Not before this, if all goes on as it did.</summary>
    public required DateTimeOffset Earliest { get; init; }

    /// <summary>Not after this, if all goes on as it did.</summary>
    public required DateTimeOffset Latest { get; init; }

    /// <summary>What the estimate rests on, such as <c>from 214 ended tasks, 12 at once</c>.</summary>
    public required string Basis { get; init; }

    /// <summary>The interval in local time and its basis.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Earliest.ToLocalTime():yyyy-MM-dd HH:mm:ss} to {Latest.ToLocalTime():yyyy-MM-dd HH:mm:ss} ({Basis})");
}
