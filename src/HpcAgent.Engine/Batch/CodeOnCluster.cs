using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>Remembers which code a cluster has got, so that it need not be asked or sent again. The cluster has the last word.</summary>
internal sealed class CodeOnCluster
{
    private readonly string _folder;

    /// <summary>Names the memory of one cluster; nothing is created.</summary>
    /// <param name="mirror">The mirror of the cluster.</param>
    public CodeOnCluster(RunMirror mirror) => _folder = Path.Combine(mirror.Root, "code");

    /// <summary>True if it was there when it was seen last.</summary>
    public bool Has(string remotePath, string digest) => File.Exists(FileOf(remotePath, digest));

    /// <summary>It is there.</summary>
    public void Note(string remotePath, string digest)
    {
        _ = Directory.CreateDirectory(_folder);
        File.WriteAllBytes(FileOf(remotePath, digest), []);
    }

    /// <summary>It is gone.</summary>
    public void Forget(string remotePath, string digest) => File.Delete(FileOf(remotePath, digest));

    private string FileOf(string remotePath, string digest) => Path.Combine(_folder, $"{PosixCrc.Compute(Encoding.UTF8.GetBytes(remotePath)):x8}-{digest}");
}
