using System.Security.Cryptography;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Submission;

/// <summary>Makes the record of a run from its draft.</summary>
internal static class SidecarOfDraft
{
    public static Sidecar Create(RunDraft draft, string runId, DateTimeOffset now)
    {
        RunSpec spec = draft.Spec;
        return new Sidecar
        {
            RunId = runId,
            CmdSha = draft.Tasks.CmdSha,
            AgentVersion = typeof(RunSubmitter).Assembly.GetName().Version?.ToString(3) ?? "",
            SubmittedAt = now,
            Executor = draft.Command.ShellText,
            ResultDirTemplate = spec.ResultTemplate ?? "",
            TaskCount = draft.Tasks.Count,
            WaveMap = draft.Plan.Arrays.GroupBy(a => a.Wave).ToDictionary(
                g => g.Key, g => (IReadOnlyList<TaskIdRange>)[.. g.Select(a => new TaskIdRange(a.FirstTaskId, a.TaskCount))]),
            Cluster = spec.Cluster.Name,
            Profile = spec.Profile,
            Project = Path.GetFileName(spec.ExperimentPath),
            RemotePath = draft.RemotePath,
            CampaignId = spec.CampaignId,
            IdentitySha = draft.IdentitySha,
            CodeDigest = draft.Code.Digest,
            Snapshot = $".hpc/snapshots/{draft.Code.Digest}",
            Command = spec.CommandKind == CommandKind.Argv ? string.Join(' ', spec.Arguments) : spec.Command,
            Arguments = spec.CommandKind == CommandKind.Argv ? spec.Arguments : null,
            CommandKind = spec.CommandKind,
            Shell = spec.Shell,
            Plan = draft.Plan,
            Tokens = [.. draft.Plan.Arrays.Select(_ => NewToken())],
            RequestId = spec.RequestId,
            SchedulerOptions = SchedulerOptionsJson.Write(spec.Plan.Options),
            GraceSeconds = spec.GraceSeconds,
            AutoRetry = spec.AutoRetry,
        };
    }

    /// <summary>Adds what this program needs to a record that a harness of the original wrote; what else it says is kept.</summary>
    public static Sidecar Complete(Sidecar given, RunDraft draft, DateTimeOffset now)
    {
        Sidecar own = Create(draft, given.RunId, now);
        return own with
        {
            TasksPySha = given.TasksPySha,
            Profile = given.Profile.Length > 0 ? given.Profile : own.Profile,
            Project = given.Project.Length > 0 ? given.Project : own.Project,
            CampaignId = own.CampaignId ?? given.CampaignId,
            Resources = given.Resources,
            Env = given.Env,
            MaxRetries = given.MaxRetries,
            Runtime = given.Runtime,
            AutoRetry = own.AutoRetry ?? given.AutoRetry,
            AggregateDefaults = given.AggregateDefaults,
            Results = given.Results,
            ParentRunIds = given.ParentRunIds,
            Extensions = given.Extensions,
        };
    }

    /// <summary>An unguessable word, by which an array is found again.</summary>
    public static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant();
}
