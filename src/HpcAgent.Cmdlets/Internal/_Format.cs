using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>The cells of the format file. Everything takes what a deserialised object may hold too.</summary>
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1707", Justification = "The underscore keeps it apart from what users look for.")]
public static class _Format
{
    /// <summary>A number in six significant digits, anything else as text; nothing for null.</summary>
    public static string Number(object? value) => SignificantDigits.SixSignificantDigits(Base(value));

    /// <summary>Bytes in the largest binary unit that keeps a digit before the point.</summary>
    public static string Bytes(object? value)
    {
        if (Base(value) is not { } number) return "";
        return MemorySize.Format(Convert.ToDouble(number, CultureInfo.InvariantCulture));
    }

    /// <summary>A duration such as <c>1h05m</c>; below a minute with two digits after the point.</summary>
    public static string Duration(object? value) => Base(value) switch
    {
        TimeSpan span when span < TimeSpan.FromSeconds(10) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.00}s"),
        TimeSpan span => DurationText.Format(span),
        _ => "",
    };

    /// <summary>A part of one in per cent; nothing for null.</summary>
    public static string Percent(object? value) =>
        Base(value) is { } number ? string.Create(CultureInfo.InvariantCulture, $"{Convert.ToDouble(number, CultureInfo.InvariantCulture) * 100:0}%") : "";

    /// <summary>How long ago something was.</summary>
    public static string Age(object? value) => Time(value) is { } time ? DurationText.Format(DateTimeOffset.UtcNow - time) : "";

    /// <summary>Parameters as <c>lr=0.1 seed=3</c>.</summary>
    public static string Parameters(object? value)
    {
        if (Base(value) is IReadOnlyDictionary<string, object?> map) return string.Join(' ', map.Select(p => $"{p.Key}={Text(p.Value)}"));
        // What came back from another session has lost its order.
        if (Base(value) is System.Collections.IDictionary entries)
            return string.Join(' ', entries.Cast<System.Collections.DictionaryEntry>().OrderBy(p => $"{p.Key}", StringComparer.Ordinal).Select(p => $"{p.Key}={Text(p.Value)}"));
        return "";
    }

    /// <summary>How a task ended: exit code or signal.</summary>
    public static string End(object? exitCode, object? signal) => (Base(exitCode), Base(signal)) switch
    {
        (_, { } number) => string.Create(CultureInfo.InvariantCulture, $"signal {number}"),
        ({ } code, _) => string.Create(CultureInfo.InvariantCulture, $"{code}"),
        _ => "",
    };

    /// <summary>The name of a state in words: <c>OutOfMemory</c> gives <c>out of memory</c>.</summary>
    public static string Words(object? state) => string.Concat(
        (Base(state)?.ToString() ?? "").Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>What a task asks for, in one line.</summary>
    public static string Resources(PSObject? each)
    {
        if (each is null) return "";
        object? Of(string name) => each.Properties[name]?.Value;
        return PlanText.Resources(new ResourceRequest
        {
            Cpus = Convert.ToInt32(Of(nameof(ResourceRequest.Cpus)) ?? 1, CultureInfo.InvariantCulture),
            Gpus = Convert.ToInt32(Of(nameof(ResourceRequest.Gpus)) ?? 0, CultureInfo.InvariantCulture),
            MemoryBytes = Of(nameof(ResourceRequest.MemoryBytes)) is { } bytes ? Convert.ToInt64(bytes, CultureInfo.InvariantCulture) : null,
            Walltime = Base(Of(nameof(ResourceRequest.Walltime))) is TimeSpan limit ? limit : null,
        });
    }

    /// <summary>What a cluster has, or what its site enforces, in one line.</summary>
    public static string Cluster(PSObject cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        object? Of(string name) => Base(cluster.Properties[name]?.Value);
        List<string> parts = [];
        if (Of(nameof(ClusterInfo.ProcessorCount)) is { } processors) parts.Add($"{processors} processors");
        if (Of(nameof(ClusterInfo.MemoryBytes)) is { } memory) parts.Add($"{Bytes(memory)} of memory");
        if (Of(nameof(ClusterInfo.MaxArrayIndex)) is { } most) parts.Add($"arrays to {most}");
        if (Of(nameof(ClusterInfo.Partitions)) is System.Collections.IEnumerable partitions && string.Join(' ', partitions.Cast<object>()) is { Length: > 0 } names) parts.Add($"partitions {names}");
        string text = string.Join(", ", parts);
        if (Of(nameof(ClusterInfo.LimitsAge)) is not TimeSpan age) return Of(nameof(ClusterInfo.Origin)) is null ? text : "not asked yet (-Refresh)";
        List<string> free = [];
        if (Of(nameof(ClusterInfo.FreeBytes)) is { } bytes) free.Add(Bytes(bytes));
        if (Of(nameof(ClusterInfo.FreeFileCount)) is { } files) free.Add($"{files} files");
        string room = free.Count == 0 ? "" : $"{string.Join(" and ", free)} free, ";
        return $"{text}{System.Environment.NewLine}{room}asked {DurationText.Format(age)} ago";
    }

    /// <summary>What a check found, and below it what to do.</summary>
    public static string Check(object? message, object? remediation) =>
        Base(remediation) is string { Length: > 0 } remedy ? $"{Base(message)}{System.Environment.NewLine}{remedy}" : $"{Base(message)}";

    /// <summary>A status and why its tasks wait: a line of counts, then for each reason what it is, what would change it, and when they should start.</summary>
    public static string Explained(PSObject status)
    {
        ArgumentNullException.ThrowIfNull(status);
        object? Of(PSObject of, string name) => of.Properties[name]?.Value;
        List<string> lines = [$"{Of(status, nameof(RunStatus.RunId))}: {Words(Of(status, nameof(RunStatus.State)))}, {Of(status, nameof(RunStatus.Counts))}"];
        object? pending = Base(Of(status, nameof(RunStatus.Pending)));
        List<PSObject> reasons = pending is System.Collections.IEnumerable all ? [.. all.Cast<object>().Select(PSObject.AsPSObject)] : [];
        if (pending is null) lines.Add("  the scheduler did not say why tasks wait");
        else if (reasons.Count == 0) lines.Add("  no task waits");
        foreach (PSObject reason in reasons)
        {
            object? count = Of(reason, nameof(PendingReason.TaskCount));
            string tasks = Base(count) is 1L ? "task waits" : "tasks wait";
            lines.Add($"  {count} {tasks}{(Base(Of(reason, nameof(PendingReason.IsStuck))) is true ? " for ever" : "")}: {Of(reason, nameof(PendingReason.Explanation))}");
            lines.Add($"      {Of(reason, nameof(PendingReason.Remedy))}");
            if (Time(Of(reason, nameof(PendingReason.EstimatedStart))) is { } start)
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"      The scheduler expects the first to start at {start.ToLocalTime():yyyy-MM-dd HH:mm}."));
        }
        return string.Join(System.Environment.NewLine, lines);
    }

    /// <summary>The line above a task's log.</summary>
    public static string LogHeader(PSObject log)
    {
        ArgumentNullException.ThrowIfNull(log);
        object? exit = log.Properties[nameof(RunTaskLog.ExitCode)]?.Value;
        string end = exit is null ? "" : string.Create(CultureInfo.InvariantCulture, $", exit code {exit}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"--- task {log.Properties[nameof(RunTaskLog.TaskId)]?.Value}{end}: {log.Properties[nameof(RunTaskLog.LogPath)]?.Value}");
    }

    /// <summary>A task's log, or a word in its place.</summary>
    public static string LogContent(PSObject log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Properties[nameof(RunTaskLog.IsMissing)]?.Value is true) return "(no log)";
        string content = log.Properties[nameof(RunTaskLog.Content)]?.Value?.ToString()?.TrimEnd() ?? "";
        return content.Length == 0 ? "(empty)" : content;
    }

    // In another session a time with an offset arrives as a bag of properties, or as text.
    private static DateTimeOffset? Time(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } bag => bag.Properties["UtcTicks"]?.Value is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
        PSObject wrapper => Time(wrapper.BaseObject),
        DateTimeOffset time => time,
        DateTime time => new DateTimeOffset(time.ToUniversalTime()),
        string text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset read) ? read : null,
        _ => null,
    };

    private static string Text(object? value)
    {
        object? plain = Base(value);
        try
        {
            return PlainText.Of(ParameterValue.Normalize(PlainValue.Of(plain)));
        }
        catch (HpcException)
        {
            return plain?.ToString() ?? "";
        }
    }

    private static object? Base(object? value) => value is PSObject wrapper ? wrapper.BaseObject : value;
}
