using System.Globalization;
using System.Text;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Looks whether files are on a cluster, all in one execution.</summary>
internal sealed class BatchFiles
{
    private readonly IHost _host;
    private readonly Run _run;
    private readonly RemotePaths _paths;

    public BatchFiles(IHost host, Run run) => (_host, _run, _paths) = (host, run, new RemotePaths(run.RemotePath, run.RunId));

    public async Task<IReadOnlyList<string>> FindMissingAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0) return [];
        StringBuilder text = new();
        // Entered and listed, so that a client of the shared file system does not answer from what it remembers.
        _ = text.Append(CultureInfo.InvariantCulture, $"cd {ShellQuote.Always(_paths.Run)} || exit 1\nhpc_part missing\n");
        for (int i = 0; i < paths.Count; i++)
        {
            string path = ShellQuote.Always(paths[i]);
            _ = text.Append(CultureInfo.InvariantCulture, $"ls -d -- {path} >/dev/null 2>&1 || echo {i}\n");
        }
        HostAnswer answer = await _host.RunAsync(new HostScript { Purpose = $"files of {_run.RunId}", Text = text.Append("exit 0\n").ToString() }, cancellationToken);
        if (answer.ExitCode != 0)
            throw new HpcException(ErrorCode.OutputsMissing, $"{_paths.Run} on {_host.Name} cannot be entered: {answer.ErrorText.Trim()}", "It was deleted, or purged by the site.");
        return [.. answer.Text("missing").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(n => paths[int.Parse(n, NumberStyles.None, CultureInfo.InvariantCulture)])];
    }
}
