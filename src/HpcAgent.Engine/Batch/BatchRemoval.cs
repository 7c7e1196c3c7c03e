using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>What an ended run takes up on a cluster, and its removal.</summary>
internal sealed class BatchRemoval
{
    private readonly IHost _host;
    private readonly RunMirror _mirror;

    public BatchRemoval(IHost host, RunMirror mirror) => (_host, _mirror) = (host, mirror);

    public async Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken)
    {
        RemotePaths paths = new(run.RemotePath, run.RunId);
        string code = codeDigest is null ? "" : paths.Snapshot(codeDigest);
        HostAnswer answer = await _host.RunAsync(
            new HostScript
            {
                Purpose = $"measure {run.RunId}",
                Text = $"cd {ShellQuote.Always(paths.Run)} 2>/dev/null && {{ hpc_part size; find . -type f -exec wc -c {{}} + | awk '$2 != \"total\" {{ n++; b += $1 }} END {{ printf \"%d %d\\n\", n, b }}'; }}\nhpc_part users; ls -- {ShellQuote.Always(code + ".runs")} 2>/dev/null; exit 0\n",
            },
            cancellationToken);
        string[] size = answer.Text("size").Split(' ');
        _ = long.TryParse(size[0], NumberStyles.None, CultureInfo.InvariantCulture, out long files);
        _ = long.TryParse(size[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes);
        string[] users = [.. answer.Text("users").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(u => u != run.RunId)];
        return new RunFootprint(paths.Run, files, bytes, codeDigest is null ? null : code, users);
    }

    public async Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken)
    {
        RemotePaths paths = new(run.RemotePath, Runs.RunId.Require(run.RunId));
        StringBuilder text = new();
        _ = text.Append("rm -rf ").Append(ShellQuote.Always(paths.Run)).Append(" || exit 1\n");
        if (codeDigest is not null)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"c={ShellQuote.Always(paths.Snapshot(codeDigest))}\nrm -f \"$c.runs/\"{ShellQuote.Always(run.RunId)}\n")
                .Append("rmdir \"$c.runs\" 2>/dev/null && { chmod -R u+w \"$c\" && rm -rf \"$c\"; }\nexit 0\n");
        }
        HostAnswer answer = await _host.RunAsync(new HostScript { Purpose = $"remove {run.RunId}", Text = text.ToString(), Deadline = TimeSpan.FromMinutes(30) }, cancellationToken);
        if (answer.ExitCode != 0)
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"{paths.Run} on {_host.Name} cannot be removed: {answer.ErrorText.Trim()}", "Look who owns what is in it.");
        RunLayout layout = _mirror.Layout(run.RunId);
        if (Directory.Exists(layout.Root)) Directory.Delete(layout.Root, recursive: true);
        if (codeDigest is not null) new CodeOnCluster(_mirror).Forget(paths.Root, codeDigest);
    }
}
