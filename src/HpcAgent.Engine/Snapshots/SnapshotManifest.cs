namespace HpcAgent.Engine.Snapshots;

/// <summary>What a snapshot consists of. The digest covers paths, kinds, sizes and contents, and nothing else.</summary>
public sealed record SnapshotManifest
{
    /// <summary>The digest: sha256 in lower-case hexadecimal (see <see cref="SnapshotDigest"/>).</summary>
    public required string Digest { get; init; }

    /// <summary>Files and links in the order of the bytes of their paths.</summary>
    public required IReadOnlyList<SnapshotEntry> Entries { get; init; }

    /// <summary>The folder that was read, absolute; empty in a manifest that was read from disk.</summary>
    public string SourcePath { get; init; } = "";

    /// <summary>The bytes of all files.</summary>
    public long TotalBytes => Entries.Sum(entry => entry.Size);

    /// <summary>What the user should know: git not used, links to what is left out, names that differ in case only.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
