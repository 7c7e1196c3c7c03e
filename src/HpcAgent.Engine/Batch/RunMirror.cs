using System.Globalization;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The folder of this machine with what was read of the runs of one cluster: events as far as they were read, results that were fetched, and
/// the task table. It is a copy: everything in it can be read again.
/// </summary>
/// <param name="Root">The absolute folder; it stands for the remote path of <see cref="RunLayout"/>.</param>
internal sealed record RunMirror(string Root)
{
    /// <summary>The mirror of a cluster.</summary>
    /// <param name="state">The user's state folder.</param>
    /// <param name="cluster">The name of the cluster.</param>
    public static RunMirror Of(StateFolder state, string cluster) => new(Path.Join(state.Root, "mirrors", cluster));

    /// <summary>Where the parts of a run lie.</summary>
    public RunLayout Layout(string runId) => new(Root, runId);

    /// <summary>Adds what is new of an event file.</summary>
    /// <param name="layout">The run's layout.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="offset">How many bytes were there when the question was put.</param>
    /// <param name="content">What follows them.</param>
    public static void Append(RunLayout layout, string name, long offset, ReadOnlySpan<byte> content)
    {
        _ = Directory.CreateDirectory(layout.Events);
        using FileStream file = new(Path.Combine(layout.Events, name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1);
        // Written at its place and not at the end: two looks at once write the same bytes twice.
        file.Position = offset;
        file.Write(content);
    }

    /// <summary>How far each event file was read.</summary>
    public static IReadOnlyDictionary<string, long> Offsets(RunLayout layout)
    {
        Dictionary<string, long> offsets = new(StringComparer.Ordinal);
        DirectoryInfo folder = new(layout.Events);
        foreach (FileInfo file in folder.Exists ? folder.EnumerateFiles("*.log") : []) offsets[file.Name] = file.Length;
        return offsets;
    }

    /// <summary>When the end of an element of an array was seen first; this time if it never was.</summary>
    public static DateTimeOffset EndSeenAt(RunLayout layout, int array, DateTimeOffset now)
    {
        FileInfo file = new(Path.Combine(layout.Root, string.Create(CultureInfo.InvariantCulture, $"ended-{array}")));
        if (file.Exists) return new DateTimeOffset(file.LastWriteTimeUtc);
        _ = Directory.CreateDirectory(layout.Root);
        File.WriteAllBytes(file.FullName, []);
        return now;
    }

    /// <summary>True if this is the name of an event file and of nothing else.</summary>
    public static bool IsEventFile(string name) =>
        name.EndsWith(".log", StringComparison.Ordinal) && name.Contains('@', StringComparison.Ordinal) &&
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@');
}
