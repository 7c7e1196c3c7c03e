namespace HpcAgent.Engine.Snapshots;

/// <summary>What is allowed in a snapshot and may still surprise.</summary>
internal static class SnapshotNotes
{
    internal static IEnumerable<string> Find(IReadOnlyList<SnapshotEntry> entries)
    {
        var present = new HashSet<string>(StringComparer.Ordinal) { "" };
        var spellings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries)
        {
            for (var path = entry.Path; path.Length > 0 && present.Add(path); path = path[..Math.Max(0, path.LastIndexOf('/'))])
            {
                if (!spellings.TryAdd(path, path))
                    yield return $"'{spellings[path]}' and '{path}' differ in case only; on some systems they are one file.";
            }
        }

        foreach (var link in entries.Where(entry => entry.Kind == SnapshotEntryKind.Link))
        {
            if (LinkTarget.Normalize(link.Path, link.Content) is { } target && !present.Contains(target))
                yield return $"The link '{link.Path}' points to '{link.Content}', which is not part of the snapshot.";
        }
    }
}
