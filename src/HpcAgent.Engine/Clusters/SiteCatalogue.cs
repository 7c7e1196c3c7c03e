using System.Globalization;
using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Clusters;

/// <summary>
/// The clusters that the user has configured. The file is the one that is given, else the one that <c>HPC_CLUSTERS_CONFIG</c> names, else
/// <c>~/.hpc-agent/clusters.yaml</c>; without that one there are none. It is read when it is first needed, once. Keys on the top level that begin
/// with a dot or <c>x-</c> are no clusters: anchors may live there.
/// </summary>
public sealed class SiteCatalogue
{
    /// <summary>The variable that names the file.</summary>
    public const string FileVariable = "HPC_CLUSTERS_CONFIG";

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string? _given;
    private readonly Lazy<List<SiteEntry>> _entries;

    /// <summary>Creates the catalogue; nothing is read yet.</summary>
    /// <param name="environment">The environment of the user's process: <c>HPC_CLUSTERS_CONFIG</c>, and <c>HOME</c> or <c>USERPROFILE</c>.</param>
    /// <param name="path">The file that the user names, absolute, or null.</param>
    public SiteCatalogue(IReadOnlyDictionary<string, string> environment, string? path = null)
    {
        (_environment, _given) = (environment, path);
        _entries = new(Load);
    }

    /// <summary>The file that is read, whether or not it exists; null where there is no home folder.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the path is not absolute.</exception>
    public string? FilePath => Locate().Path;

    /// <summary>All clusters in the order of the file, also those that cannot be used.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the file cannot be read, or is no YAML map.</exception>
    public IReadOnlyList<SiteEntry> Entries => _entries.Value;

    /// <summary>Their names, also of those that cannot be used.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the file cannot be read, or is no YAML map.</exception>
    public IEnumerable<string> Names => Entries.Select(e => e.Name);

    /// <summary>A cluster by its exact name, or null if there is none.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: its configuration cannot be used, or the file cannot be read.</exception>
    public SiteConfig? Find(string name)
    {
        foreach (SiteEntry entry in Entries)
        {
            // A fresh error each time: one that is thrown twice would carry the first stack.
            if (entry.Name == name) return entry.Config ?? throw new HpcException(entry.Problem!.Code, entry.Problem.Message, entry.Problem.Remediation, entry.Problem);
        }
        return null;
    }

    private List<SiteEntry> Load()
    {
        (string? path, string? why) = Locate();
        if (path is null || (why is null && !File.Exists(path))) return [];
        if (Parse(path, why) is not { } root) return [];
        if (root is SiteScalar { Value: null }) return [];
        if (root is not SiteMapping map) throw SiteError.At(path, root, $"the file is {root.Kind}, not a map", "Give a map from the name of a cluster to its keys.");
        List<SiteEntry> entries = [];
        foreach (IGrouping<string, SiteKey> group in map.Keys.Where(IsCluster).GroupBy(k => k.Name, StringComparer.Ordinal))
            entries.Add(Entry([.. group], path));
        return entries;
    }

    private static bool IsCluster(SiteKey key) => !key.Name.StartsWith('.') && !key.Name.StartsWith("x-", StringComparison.Ordinal);

    private SiteEntry Entry(SiteKey[] keys, string path)
    {
        SiteKey key = keys[0];
        string origin = string.Create(CultureInfo.InvariantCulture, $"{path}:{key.Line}");
        try
        {
            if (keys.Length > 1) throw SiteError.At(path, keys[1], $"the cluster '{key.Name}' is there twice, first in line {key.Line}", "Keep one of the two, or rename one.");
            return new SiteEntry(key.Name, origin, SiteReader.Read(key, path, Home), null);
        }
        catch (HpcException problem)
        {
            return new SiteEntry(key.Name, origin, null, problem);
        }
    }

    private static SiteNode? Parse(string path, string? why)
    {
        try
        {
            using StreamReader text = new(path, Encoding.UTF8);
            return SiteYaml.Read(text, path);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            string from = why is null ? "" : $", which {why},";
            throw new HpcException(
                ErrorCode.ConfigInvalid,
                $"the cluster configuration {path}{from} cannot be read: {error.Message.TrimEnd('.')}",
                why is null ? "Make the file readable, or remove it." : "Correct the path, or make the file readable.",
                error);
        }
    }

    // The path, and who named it; a file that somebody named must exist.
    private (string? Path, string? Why) Locate()
    {
        if (!string.IsNullOrWhiteSpace(_given)) return (Absolute(_given, "the path of the cluster configuration"), "was asked for");
        if (_environment.GetValueOrDefault(FileVariable) is { } named && !string.IsNullOrWhiteSpace(named))
            return (Absolute(named.Trim(), FileVariable), $"{FileVariable} names");
        return (Home is { } home ? Path.Join(home, ".hpc-agent", "clusters.yaml") : null, null);
    }

    private string? Home => Folder("HOME") ?? Folder("USERPROFILE");

    private string? Folder(string variable) => _environment.GetValueOrDefault(variable) is { } path && Path.IsPathFullyQualified(path) ? path : null;

    private string Absolute(string path, string what)
    {
        if ((path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) && Home is { } home) path = home + path[1..];
        return Path.IsPathFullyQualified(path)
            ? Path.GetFullPath(path, Path.GetPathRoot(path)!)
            : throw new HpcException(ErrorCode.ConfigInvalid, $"{what} is '{path}', which is not an absolute path", "Give the absolute path.");
    }
}
