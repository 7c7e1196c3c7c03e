using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Runs a user's own reducer where the results are (reference 5.8).</summary>
internal sealed class BatchReducer
{
    private readonly IHost _host;

    public BatchReducer(IHost host) => _host = host;

    public async Task<ReducerResult> RunAsync(Run run, ReducerRequest request, CancellationToken cancellationToken)
    {
        RemotePaths paths = new(run.RemotePath, run.RunId);
        string output = request.OutputPath is { } named ? $"{run.RemotePath}/{named}" : $"{paths.Run}/reduced.json";
        HostAnswer answer = await _host.RunAsync(
            new HostScript { Purpose = $"reduce {run.RunId}", Text = Script(run, paths, output, request), Deadline = request.Timeout }, cancellationToken);
        if (answer.Find("error") is null)
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"the reducer could not be started on {_host.Name}: {answer.ErrorText.Trim()}", "Look whether the run's folder is there and can be written.");
        return ReducerResult.Of(output, answer.Find("output"), answer.Text("error"), answer.ExitCode);
    }

    private static string Script(Run run, RemotePaths paths, string output, ReducerRequest request)
    {
        StringBuilder text = new();
        _ = text.Append(CultureInfo.InvariantCulture, $"hpc_run={ShellQuote.Always(paths.Run)}; hpc_o={ShellQuote.Always(output)}\n")
            .Append(". \"$hpc_run/run.conf\" || exit 3\ncd \"$HPC_CODE_DIR\" && mkdir -p \"${hpc_o%/*}\" && rm -f \"$hpc_o\" || exit 3\n");
        foreach ((string name, string value) in request.Environment)
            _ = text.Append(CultureInfo.InvariantCulture, $"export {name}={ShellQuote.Always(value)}\n");
        return text.Append(CultureInfo.InvariantCulture, $"export HPC_RUN_ID={ShellQuote.Always(run.RunId)} HPC_RESULTS_DIR=\"$hpc_run/results\" HPC_AGGREGATED_OUTPUT=\"$hpc_o\"\n")
            .Append("hpc_sh=/bin/sh; command -v bash >/dev/null 2>&1 && hpc_sh=bash\n")
            .Append("hpc_e=$(\"$hpc_sh\" -c ").Append(ShellQuote.Always(request.Command)).Append(" 2>&1 >/dev/null </dev/null); hpc_s=$?\n")
            .Append("hpc_part error; printf '%s\\n' \"$hpc_e\" | tail -c 2000\n[ ! -f \"$hpc_o\" ] || { hpc_part output; cat \"$hpc_o\"; }\nexit \"$hpc_s\"\n")
            .ToString();
    }
}
