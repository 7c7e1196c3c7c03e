namespace HpcAgent.Engine.Schedulers;

/// <summary>How much room there is in the folder below which runs live on a cluster. Null is not known, and never 0.</summary>
public sealed record SiteRoom
{
    /// <summary>The folder that was asked about, with the home folder written out.</summary>
    public required string Folder { get; init; }

    /// <summary>Free bytes: those of the file system, or what a quota leaves if that is less. Below 0 where a quota is overdrawn.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Files and folders that can still be made, likewise.</summary>
    public long? FreeFileCount { get; init; }

    /// <summary>True if a quota is what bounds the bytes.</summary>
    public bool IsBytesQuota { get; init; }

    /// <summary>True if a quota is what bounds the files.</summary>
    public bool IsFilesQuota { get; init; }

    /// <summary>True if a path lies in the folder.</summary>
    /// <param name="path">An absolute path on the cluster.</param>
    public bool Covers(string path)
    {
        string folder = Folder.TrimEnd('/');
        return path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
    }
}
