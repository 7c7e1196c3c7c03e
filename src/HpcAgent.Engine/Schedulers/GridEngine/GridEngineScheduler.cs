namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>Grid Engine: Sun's, its sons and Univa's.</summary>
internal sealed class GridEngineScheduler : IScheduler
{
    public string Kind => "sge";

    public char JobIdSeparator => ',';

    public IReadOnlyList<string> Programs { get; } = ["qsub", "qstat", "qacct", "qdel", "qconf"];

    /// <remarks>A connection that is refused while the answer is awaited ("receiving gdi") says nothing of the request before it.</remarks>
    public string SubmissionVerdicts => """
        *'receiving gdi'*) hpc_verdict=doubtful ;;
        *'Connection refused'*) hpc_verdict=unsent ;;
        *ommlib*|*'imed out'*|*imeout*|*'nable to contact'*) hpc_verdict=doubtful ;;
        """;

    public string QueueQuery => GridEngineQueue.Query;

    public string LimitsQuery => GridEngineLimits.Query;

    public string RenderJobScript(ArraySubmission array) => GridEngineSubmission.JobScript(array);

    public string RenderSubmit(ArraySubmission array) => GridEngineSubmission.Command(array);

    public HpcException Explain(int exitCode, string output) => Refusal.Explain(Programs, GridEngineRefusals.All, exitCode, output);

    public IReadOnlyList<QueueEntry> ParseQueue(string output) => GridEngineQueue.Parse(QueryText.Body(output, Explain));

    public string PendingQuery(IReadOnlyList<string> jobIds) => GridEnginePending.Query(jobIds);

    public IReadOnlyDictionary<string, PendingDetail> ParsePending(string output) => GridEnginePending.Parse(output);

    public PendingCause ExplainPending(QueueEntry entry, PendingDetail? detail) => GridEngineReasons.Explain(entry, detail);

    public string AccountingQuery(IReadOnlyList<string> jobIds, DateTimeOffset since) => GridEngineAccounting.Query(jobIds);

    public IReadOnlyList<AccountingEntry> ParseAccounting(ReadOnlyMemory<byte> output) =>
        GridEngineAccounting.Parse(QueryText.Body(output.Span, Explain));

    public string FindByNameQuery(string jobName, DateTimeOffset since) => GridEngineAccounting.FindByName(jobName);

    public string RenderCancel(IReadOnlyList<string> jobIds) => CancelText.Render("qdel", "does not exist|already in deletion", jobIds);

    public SiteLimits ParseLimits(string output) => GridEngineLimits.Parse(output);
}
