using System.Globalization;
using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Runs a user's own reducer where the results are (reference 5.8).</summary>
internal sealed class BatchReducer
{
    private readonly IHost _host;

    public BatchReducer(IHost host) => _host = host;

    public async Task<ReducerResult> RunAsync(Run run, string command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        RemotePaths paths = new(run.RemotePath, run.RunId);
        string output = $"{paths.Run}/reduced.json";
        StringBuilder text = new();
        _ = text.Append(CultureInfo.InvariantCulture, $"hpc_run={ShellQuote.Always(paths.Run)}\n. \"$hpc_run/run.conf\" || exit 3\n")
            .Append("cd \"$HPC_CODE_DIR\" || exit 3\nrm -f \"$hpc_run/reduced.json\"\n")
            .Append(CultureInfo.InvariantCulture, $"export HPC_RUN_ID={ShellQuote.Always(run.RunId)} HPC_RESULTS_DIR=\"$hpc_run/results\" HPC_AGGREGATED_OUTPUT=\"$hpc_run/reduced.json\"\n")
            .Append("hpc_sh=/bin/sh; command -v bash >/dev/null 2>&1 && hpc_sh=bash\n")
            .Append("hpc_e=$(\"$hpc_sh\" -c ").Append(ShellQuote.Always(command)).Append(" 2>&1 >/dev/null </dev/null); hpc_s=$?\n")
            .Append("hpc_part error; printf '%s\\n' \"$hpc_e\" | tail -c 2000\nhpc_part output; cat \"$hpc_run/reduced.json\"\nexit \"$hpc_s\"\n");
        HostAnswer answer = await _host.RunAsync(new HostScript { Purpose = $"reduce {run.RunId}", Text = text.ToString(), Deadline = timeout }, cancellationToken);
        string tail = answer.Text("error");
        if (answer.ExitCode != 0)
            throw new HpcException(ErrorCode.CombinerFailed, $"the reducer ended with exit code {answer.ExitCode} on {_host.Name}: {tail}", "Run it there by hand with HPC_RUN_ID set.");
        ReadOnlyMemory<byte> content = answer.Find("output") ?? default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return new ReducerResult(output, content, tail);
        }
        catch (JsonException e)
        {
            throw new HpcException(ErrorCode.CombinerFailed, $"the reducer wrote no valid JSON to HPC_AGGREGATED_OUTPUT: {e.Message}", "Let it write one JSON document.", e);
        }
    }
}
