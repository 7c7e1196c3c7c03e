using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Aggregation;

/// <summary>The results of one run as they can be read on this machine, with all that is needed to reduce them.</summary>
internal sealed class RunResults : IDisposable
{
    private RunResults(string runId, Sidecar? sidecar, TaskTable table, ResultSource source)
    {
        (RunId, Sidecar, Table, Source) = (runId, sidecar, table, source);
    }

    /// <summary>The run.</summary>
    public string RunId { get; }

    /// <summary>Its record, or null if that is lost.</summary>
    public Sidecar? Sidecar { get; }

    /// <summary>The parameter identity.</summary>
    public string CmdSha { get; private init; } = "";

    /// <summary>The full identity.</summary>
    public string IdentitySha { get; private init; } = "";

    /// <summary>All tasks.</summary>
    public long TaskCount { get; private init; }

    /// <summary>The tasks with their parameters.</summary>
    public TaskTable Table { get; }

    /// <summary>Where the metrics are.</summary>
    public ResultSource Source { get; }

    /// <summary>The packs that hold the metrics; null where each task has its own file, or where nothing says whose packs they are.</summary>
    public PackedWaves? Packed { get; private init; }

    /// <summary>The tasks that are complete; null where nothing but the results tells.</summary>
    public IReadOnlyCollection<long>? CompleteTaskIds { get; private init; }

    /// <summary>The folder with the results of the tasks, or of the archive.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>The results of a run that was looked at.</summary>
    /// <param name="record">The run.</param>
    /// <param name="layout">Where its parts lie on this machine.</param>
    /// <param name="complete">Its complete tasks.</param>
    /// <param name="packed">The packs that hold them; null where each task has its own file.</param>
    public static RunResults OfRun(RunRecord record, RunLayout layout, IReadOnlyCollection<long>? complete, PackedWaves? packed = null)
    {
        TaskTable table = TaskTable.Open(layout.Tasks);
        ResultFolder names = ResultFolder.Parse(record.Sidecar?.ResultDirTemplate, record.Run.RunId);
        ResultFiles files = new(id => Path.Combine(
            layout.Results, names.IsDefault ? RunLayout.DefaultResultFolder(id) : names.Format(table.Read(id)), "metrics.json"));
        return new RunResults(record.Run.RunId, record.Sidecar, table, packed is null ? files : new PackedResults(packed.Paths))
        {
            CmdSha = record.Run.CmdSha,
            IdentitySha = record.Run.IdentitySha,
            TaskCount = record.Run.TaskCount,
            Packed = packed,
            // Results are put into their place only when their task has succeeded: what is in a pack counts, even if its end was not seen yet.
            CompleteTaskIds = packed is null ? complete : null,
            Folder = layout.Results,
        };
    }

    /// <summary>The results of a run, of its tasks that are complete, as the last look has brought them: packed, or a file for each task.</summary>
    /// <param name="record">The run.</param>
    /// <param name="view">What was seen of it.</param>
    /// <exception cref="HpcException">A job packs them just now; or they are gone.</exception>
    public static RunResults OfView(RunRecord record, RunView view)
    {
        if (view.Packed is { JobId: { } job }) throw BeingPacked(view.Run.RunId, job);
        if (view.Packed is null && !Directory.Exists(view.Layout.Results)) LostResults.Require(view, view.Layout.Results);
        return OfRun(record, view.Layout, [.. view.Ledger.TasksIn(state => state == TaskState.Complete)], view.Packed);
    }

    /// <summary>The error of whatever reads results, while a job packs them.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="jobId">The scheduler's id of the job.</param>
    public static HpcException BeingPacked(string runId, string jobId) => new(
        ErrorCode.PreconditionFailed, $"the results of the run {runId} are being packed by the job {jobId}", "Repeat the command when it has ended.");

    /// <summary>The results of an archive: packed waves with the record of their run and its tasks.</summary>
    /// <param name="sidecar">The record.</param>
    /// <param name="tasks">The folder of the task table.</param>
    /// <param name="waves">The packed files, oldest first.</param>
    /// <param name="folder">The folder of the archive.</param>
    public static RunResults OfWaves(Sidecar sidecar, string tasks, IReadOnlyList<string> waves, string folder)
    {
        TaskTable table = TaskTable.Open(tasks);
        return new RunResults(sidecar.RunId, sidecar, table, new PackedResults(waves))
        {
            CmdSha = sidecar.CmdSha,
            IdentitySha = sidecar.IdentitySha ?? "",
            TaskCount = table.Count,
            Folder = folder,
        };
    }

    /// <summary>The usual grouping, as in the original: by every parameter but the token that makes stochastic repeats differ.</summary>
    public IReadOnlyList<string> GridParameters() =>
        Table.Count == 0 ? [] : [.. Table.Read(0).Parameters.Keys.Where(name => name != TaskIdentity.TrialToken)];

    /// <summary>Reduces them.</summary>
    /// <param name="groupBy">The grouping parameters; null for the usual ones.</param>
    /// <param name="probabilities">The quantiles wanted.</param>
    /// <param name="token">Ends the work.</param>
    public Task<Aggregate> AggregateAsync(IReadOnlyList<string>? groupBy, IReadOnlyList<double> probabilities, CancellationToken token) =>
        Aggregator.AggregateAsync(
            new AggregationRequest
            {
                RunId = RunId,
                CmdSha = CmdSha,
                IdentitySha = IdentitySha,
                TaskCount = TaskCount,
                Tasks = Table.ReadAll(),
                GroupBy = groupBy ?? GridParameters(),
                Source = Source,
                TaskIds = CompleteTaskIds,
                Probabilities = probabilities,
            },
            token);

    /// <inheritdoc />
    public void Dispose() => Table.Dispose();
}
