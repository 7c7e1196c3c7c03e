using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Runs;

/// <summary>Where things lie below a user's folder.</summary>
/// <param name="ExperimentPath">The user's folder, absolute.</param>
public sealed record ExperimentLayout(string ExperimentPath)
{
    /// <summary>The folder of everything that belongs to this product.</summary>
    public const string FolderName = ".hpc";

    private const string IgnoreText = "/snapshots/\n/runs/*/\n";

    /// <summary><c>.hpc</c>.</summary>
    public string HpcPath => Path.Join(ExperimentPath, FolderName);

    /// <summary><c>.hpc/runs</c>: the sidecars and, where runs live in this folder, the folders of the runs.</summary>
    public string RunsPath => Path.Join(HpcPath, "runs");

    /// <summary><c>.hpc/snapshots</c>.</summary>
    public string SnapshotsPath => Path.Join(HpcPath, "snapshots");

    /// <summary>The sidecar of a run.</summary>
    /// <param name="runId">A valid run id.</param>
    public string SidecarPath(string runId) => Path.Join(RunsPath, Runs.RunId.Require(runId) + ".json");

    /// <summary>Writes <c>.hpc/.gitignore</c> if there is none, so that snapshots and results do not end up in the user's repository.</summary>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    public async Task EnsureIgnoreFileAsync(CancellationToken cancellationToken = default)
    {
        var path = Path.Join(HpcPath, ".gitignore");
        if (!File.Exists(path))
            await DurableFile.TryCreateAsync(path, Encoding.UTF8.GetBytes(IgnoreText), cancellationToken).ConfigureAwait(false);
    }
}
