namespace HpcAgent.Engine.Snapshots;

/// <summary>What an entry of a snapshot is.</summary>
public enum SnapshotEntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A file that may be executed.</summary>
    Executable,

    /// <summary>A symbolic link that stays inside the snapshot.</summary>
    Link,
}

/// <summary>One file or link of a snapshot.</summary>
/// <param name="Path">Its path relative to the folder, with slashes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its bytes; 0 for a link.</param>
/// <param name="Content">The sha256 of a file in lower-case hexadecimal, or the target of a link.</param>
public sealed record SnapshotEntry(string Path, SnapshotEntryKind Kind, long Size, string Content);
