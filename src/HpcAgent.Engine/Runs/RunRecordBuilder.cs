using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Runs;

/// <summary>Makes one run of its sidecar and its journal. Either may be missing or damaged; the other then has to do.</summary>
internal static class RunRecordBuilder
{
    internal static async Task<RunRecord> ReadAsync(RepositoryFolder repository, string runId, TimeProvider clock, CancellationToken cancellationToken)
    {
        var journal = await new RunJournal(repository, runId, clock).ReadAsync(cancellationToken).ConfigureAwait(false);
        var warnings = new List<string>(journal.Warnings);
        Sidecar? sidecar = null;
        try
        {
            sidecar = await SidecarFile.TryReadAsync(new(repository.ExperimentPath), runId, cancellationToken).ConfigureAwait(false);
        }
        catch (HpcException error) when (error.Code is ErrorCode.JournalCorrupt or ErrorCode.SchemaIncompat or ErrorCode.PreconditionFailed)
        {
            warnings.Add(error.Message);
        }

        return new() { Run = Build(repository, runId, sidecar, journal), Sidecar = sidecar, Journal = journal, Warnings = warnings };
    }

    private static Run Build(RepositoryFolder repository, string runId, Sidecar? sidecar, JournalState journal)
    {
        var intent = journal.Intent;
        return new()
        {
            RunId = runId,
            Cluster = First(sidecar?.Cluster, intent?.Cluster),
            TaskCount = sidecar is { TaskCount: > 0 } ? sidecar.TaskCount : intent?.TaskCount ?? 0,
            CmdSha = First(sidecar?.CmdSha, intent?.CmdSha),
            IdentitySha = First(sidecar?.IdentitySha, intent?.IdentitySha),
            Command = First(sidecar?.Command, First(intent?.Command, sidecar?.Executor)),
            ExperimentPath = repository.ExperimentPath,
            RemotePath = First(sidecar?.RemotePath, intent?.RemotePath),
            ResultPath = First(intent?.ResultPath, sidecar?.ResultDirTemplate),
            SubmittedAt = sidecar?.SubmittedAt ?? intent?.At ?? DateTimeOffset.UnixEpoch,
            JobIds = JobIds(sidecar, journal),
            State = journal.EventCount > 0 ? journal.Lifecycle : LifecycleState.UnableToVerify,
            CampaignId = sidecar?.CampaignId ?? intent?.CampaignId,
        };
    }

    private static IReadOnlyList<string> JobIds(Sidecar? sidecar, JournalState journal)
    {
        var known = journal.JobIds.ToArray();
        return known.Length > 0 ? known : sidecar?.JobIds ?? [];
    }

    private static string First(string? preferred, string? other) => string.IsNullOrEmpty(preferred) ? other ?? "" : preferred;
}
