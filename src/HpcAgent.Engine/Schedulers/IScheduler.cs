namespace HpcAgent.Engine.Schedulers;

/// <summary>
/// A batch scheduler as pure functions from text to text (design, section 2): nothing here runs a command. Shell text that is rendered is
/// POSIX sh; it runs within a larger script on the cluster.
/// </summary>
public interface IScheduler
{
    /// <summary>The kind: <c>slurm</c> or <c>sge</c>.</summary>
    string Kind { get; }

    /// <summary>What stands between several ids in <c>$hpc_after</c>.</summary>
    char JobIdSeparator { get; }

    /// <summary>The programs that must be on the PATH, such as <c>sbatch</c>.</summary>
    IReadOnlyList<string> Programs { get; }

    /// <summary>
    /// The job script of one array: <c>#!/bin/sh</c>, nothing of the user's, and at its end
    /// <c>exec /bin/sh RUN/dispatch.sh RUN INDEX ELEMENT JOB</c> with the 1-based element and the array's job id from the scheduler's variables.
    /// </summary>
    /// <param name="array">The array.</param>
    string RenderJobScript(ArraySubmission array);

    /// <summary>
    /// One simple command, possibly over several lines, that submits the job script at <see cref="ArraySubmission.ScriptPath"/> and prints
    /// what <see cref="JobIdText"/> reads. Everything is quoted but <c>"$hpc_after"</c>, which holds the job id to wait for if
    /// <see cref="ArraySubmission.WaitsForAnother"/>.
    /// </summary>
    /// <param name="array">The array.</param>
    string RenderSubmit(ArraySubmission array);

    /// <summary>
    /// Branches of a shell <c>case</c> on <c>STATUS:OUTPUT</c> of a submission that gave no id, which set <c>hpc_verdict</c>: to <c>unsent</c> where
    /// nothing can have reached the scheduler, to <c>doubtful</c> where its answer may be lost. Anything else is a refusal.
    /// </summary>
    string SubmissionVerdicts { get; }

    /// <summary>Why a submission or query was refused: the error code, and the scheduler's own words in the message.</summary>
    /// <param name="exitCode">Its exit status.</param>
    /// <param name="output">What it printed on standard output and error.</param>
    HpcException Explain(int exitCode, string output);

    /// <summary>A command that lists the user's own jobs in the queue, for <see cref="ParseQueue"/>. It takes no argument list of ids, so that it is one
    /// command for any number of runs.</summary>
    string QueueQuery { get; }

    /// <summary>Reads the queue. Elements are intervals and never expanded.</summary>
    /// <param name="output">What the query printed.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.RemoteCommandFailed"/>: it is no such list.</exception>
    IReadOnlyList<QueueEntry> ParseQueue(string output);

    /// <summary>A command that prints what the scheduler knows of waiting jobs beside the queue, for <see cref="ParsePending"/>. Its failure is no error.</summary>
    /// <param name="jobIds">The arrays.</param>
    string PendingQuery(IReadOnlyList<string> jobIds);

    /// <summary>Reads what is known of waiting jobs; what makes no sense is left out.</summary>
    /// <param name="output">What the query printed.</param>
    /// <returns>By job id.</returns>
    IReadOnlyDictionary<string, PendingDetail> ParsePending(string output);

    /// <summary>Why elements wait, in plain words.</summary>
    /// <param name="entry">Their row in the queue, pending or held.</param>
    /// <param name="detail">What else is known of the job, or null.</param>
    PendingCause ExplainPending(QueueEntry entry, PendingDetail? detail);

    /// <summary>A command that prints the accounting records of arrays, for <see cref="ParseAccounting"/>.</summary>
    /// <param name="jobIds">The arrays.</param>
    /// <param name="since">When the first of them was submitted. It is turned into the cluster's own time there, with a day's margin.</param>
    string AccountingQuery(IReadOnlyList<string> jobIds, DateTimeOffset since);

    /// <summary>Reads accounting records; the newest attempt of each element counts.</summary>
    /// <param name="output">What the query printed.</param>
    IReadOnlyList<AccountingEntry> ParseAccounting(ReadOnlyMemory<byte> output);

    /// <summary>
    /// A command that prints the ids of all jobs of the user that have a name, in the queue or in the accounting, one a line; for finding out whether
    /// a submission whose answer was lost got in.
    /// </summary>
    /// <param name="jobName">The exact name.</param>
    /// <param name="since">Not older than this.</param>
    string FindByNameQuery(string jobName, DateTimeOffset since);

    /// <summary>A command that ends arrays; unknown and ended ones are no error.</summary>
    /// <param name="jobIds">The arrays, in the order in which they are to be ended.</param>
    string RenderCancel(IReadOnlyList<string> jobIds);

    /// <summary>Commands that print what the site enforces, for <see cref="ParseLimits"/>.</summary>
    string LimitsQuery { get; }

    /// <summary>Reads the limits; what the site does not say is null.</summary>
    /// <param name="output">What the query printed.</param>
    SiteLimits ParseLimits(string output);
}
