namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>Slurm.</summary>
internal sealed class SlurmScheduler : IScheduler
{
    public string Kind => "slurm";

    public char JobIdSeparator => ':';

    public IReadOnlyList<string> Programs { get; } = ["sbatch", "squeue", "sacct", "scancel", "scontrol"];

    public string SubmissionVerdicts => """
        *'(connect failure)'*|*'Connection refused'*) hpc_verdict=unsent ;;
        *'imed out'*|*imeout*|*'nable to contact'*) hpc_verdict=doubtful ;;
        """;

    public string QueueQuery => SlurmQueue.Query;

    public string LimitsQuery => SlurmLimits.Query;

    public string RenderJobScript(ArraySubmission array) => SlurmSubmission.JobScript(array);

    public string RenderSubmit(ArraySubmission array) => SlurmSubmission.Command(array);

    public HpcException Explain(int exitCode, string output) => Refusal.Explain(Programs, SlurmRefusals.All, exitCode, output);

    public IReadOnlyList<QueueEntry> ParseQueue(string output) => SlurmQueue.Parse(QueryText.Body(output, Explain));

    public string PendingQuery(IReadOnlyList<string> jobIds) => SlurmPending.Query;

    public IReadOnlyDictionary<string, PendingDetail> ParsePending(string output) => SlurmPending.Parse(output);

    public PendingCause ExplainPending(QueueEntry entry, PendingDetail? detail) => SlurmReasons.Explain(entry, detail);

    public string AccountingQuery(IReadOnlyList<string> jobIds, DateTimeOffset since) => SlurmAccounting.Query(jobIds, since);

    public IReadOnlyList<AccountingEntry> ParseAccounting(ReadOnlyMemory<byte> output) =>
        SlurmAccountingReader.Read(QueryText.Body(output.Span, Explain));

    public string FindByNameQuery(string jobName, DateTimeOffset since) => SlurmAccounting.FindByName(jobName, since);

    public string RenderCancel(IReadOnlyList<string> jobIds) =>
        CancelText.Render("scancel", "Invalid job id specified|already completing or completed", jobIds);

    public SiteLimits ParseLimits(string output) => SlurmLimits.Parse(output);
}
