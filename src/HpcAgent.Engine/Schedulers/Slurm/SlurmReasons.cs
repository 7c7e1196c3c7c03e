namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>Slurm's reasons for waiting in plain words (man squeue, JOB REASON CODES; slurm.schedmd.com/job_reason_codes.html).</summary>
internal static class SlurmReasons
{
    private const string ByItself = "Nothing is wrong: it starts by itself.";
    private const string Admins = "Only the site can change it; ask its support, naming the job.";

    private static readonly Dictionary<string, (string Explanation, string Remedy, bool IsStuck)> s_known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["None"] = ("the scheduler has not considered it yet", "Look again in a minute.", false),
        ["Priority"] = ("other jobs in its partition have a higher priority", $"{ByItself} Shorter time limits and fewer processors let it slip into gaps; another partition or quality of service may be emptier.", false),
        ["Resources"] = ("it is next in turn, and waits for processors, memory or nodes to become free", $"{ByItself} Asking for less lets it start earlier.", false),
        ["Cleaning"] = ("it was requeued, and its earlier attempt is still being cleaned up", ByItself, false),
        ["BeginTime"] = ("it was told not to start before a certain time, or waits a while after a requeue", ByItself, false),
        ["JobArrayTaskLimit"] = ("as many elements of its array run as the throttle of the run allows", "Submit with a higher -MaxConcurrent, or: scontrol update JobId={job} ArrayTaskThrottle=N", false),
        ["JobHeldUser"] = ("it is held by you", "Release it: scontrol release {job}", true),
        ["JobHeldAdmin"] = ("it is held by an administrator, or its priority was set to zero", Admins, true),
        ["JobHoldMaxRequeue"] = ("it was requeued too often, and is held now", "Find out why it failed to start (Get-HpcLog), then: scontrol release {job}", true),
        ["launch failed requeued held"] = ("it could not be started on its node, was requeued, and is held now", "Look whether its folder and account are good on the nodes, then: scontrol release {job}", true),
        ["user env retrieval failed requeued held"] = ("your environment could not be read on the node, and it is held now", "Release it: scontrol release {job}; if it happens again, ask the site.", true),
        ["PartitionDown"] = ("its partition is down: jobs are taken and none is started", "Wait for the site, or submit to another partition (default_partition in clusters.yaml, or -Resource @{partition='...'}).", false),
        ["PartitionInactive"] = ("its partition is switched off", "Submit to another partition (default_partition in clusters.yaml, or -Resource @{partition='...'}).", true),
        ["PartitionTimeLimit"] = ("its time limit is longer than its partition allows", "Submit with a shorter -Walltime, or: scontrol update JobId={job} TimeLimit=...", true),
        ["PartitionNodeLimit"] = ("it asks for more nodes than its partition gives, or its nodes are down", "Ask for less, or choose another partition.", true),
        ["ReqNodeNotAvail"] = ("a node that it needs is down, drained or reserved, often for a maintenance that begins before its time limit would end", "Submit with a shorter -Walltime so that it ends before the maintenance, or wait; scontrol show reservation tells of one.", false),
        ["Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions"] = ("all nodes that could run it are down, drained or kept for others", "Wait for the site, or submit to another partition; sinfo shows the nodes.", false),
        ["NodeDown"] = ("a node that it needs is down", "Wait for the site; sinfo shows the nodes.", false),
        ["BadConstraints"] = ("no node can ever fulfil what it asks for", "Correct constraint, memory, processors or gpus, and submit again.", true),
        ["Licenses"] = ("it waits for a licence", ByItself, false),
        ["Reservation"] = ("it waits for the reservation that it named to begin", ByItself, false),
        ["ReservationDeleted"] = ("the reservation that it named is gone", "Submit again without it.", true),
        ["InvalidAccount"] = ("its account is not valid", "Correct 'account' in clusters.yaml; sacctmgr show assoc user=$USER lists yours.", true),
        ["InvalidQOS"] = ("its quality of service is not valid", "Correct 'qos' in clusters.yaml.", true),
        ["AccountNotAllowed"] = ("its account may not use its partition", "Choose another account or partition in clusters.yaml.", true),
        ["QOSNotAllowed"] = ("its quality of service may not be used in its partition or by its account", "Choose another one in clusters.yaml.", true),
        ["QOSUsageThreshold"] = ("the usage threshold of its quality of service is reached", $"{ByItself} Usage decays with time; another quality of service may be open.", false),
        ["AssociationJobLimit"] = ("your account has as many jobs as it may run", ByItself, false),
        ["AssociationResourceLimit"] = ("your account uses as much as it may", ByItself, false),
        ["AssociationTimeLimit"] = ("your account has used up its time", Admins, true),
        ["JobLaunchFailure"] = ("it could not be started, because of the file system or a missing program", "Look whether its folder is good on the nodes.", true),
        ["SystemFailure"] = ("something failed in Slurm, the file system or the network", Admins, false),
        ["Prolog"] = ("the site's preparation of its node is still running", ByItself, false),
        ["DeadLine"] = ("it cannot end before its deadline", "Submit it without the deadline.", true),
        ["MaxMemPerLimit"] = ("it asks for more memory than is allowed for each processor or node", "Submit with less -Memory.", true),
    };

    /// <summary>The cause of one row of the queue.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="detail">What else is known of the job.</param>
    public static PendingCause Explain(QueueEntry entry, PendingDetail? detail)
    {
        string reason = entry.Reason ?? "None";
        if (Dependency(entry, reason, detail?.Dependency) is { } waits) return waits;
        string word = reason.Split([',', '('], 2)[0].Trim();
        (string Explanation, string Remedy, bool IsStuck) known =
            s_known.TryGetValue(reason, out (string, string, bool) whole) ? whole
            : s_known.TryGetValue(word, out (string, string, bool) first) ? first
            : Limit(word) ?? ($"the scheduler says {reason}", "See 'JOB REASON CODES' in man squeue.", entry.State == TaskState.Held);
        return new(entry.Reason, known.Explanation, known.Remedy.Replace("{job}", entry.JobId, StringComparison.Ordinal), known.IsStuck);
    }

    private static PendingCause? Dependency(QueueEntry entry, string reason, string? on)
    {
        string what = on is null ? "another job" : $"another job ({on})";
        return reason switch
        {
            "Dependency" => new(reason, $"it waits for {what} to end", "It starts by itself when that one has ended as it should; look how that one is.", false),
            "DependencyNeverSatisfied" => new(
                reason,
                $"it waits for {what} that did not end as was demanded: it never starts",
                $"Stop it (Stop-HpcRun) and submit it again, or let it start anyway: scontrol update JobId={entry.JobId} Dependency=",
                true),
            _ => null,
        };
    }

    // QOSMaxJobsPerUserLimit, AssocGrpCPUMinutesLimit and about a hundred others are made of the same few words.
    private static (string Explanation, string Remedy, bool IsStuck)? Limit(string reason)
    {
        bool isQos = reason.StartsWith("QOS", StringComparison.Ordinal);
        if (!isQos && !reason.StartsWith("Assoc", StringComparison.Ordinal)) return null;
        string whose = isQos ? "its quality of service" : "your account";
        string rest = reason[(isQos ? 3 : 5)..];
        bool isGroup = rest.StartsWith("Grp", StringComparison.Ordinal);
        string of = isGroup ? "all its users together" : rest.Contains("PerUser", StringComparison.Ordinal) ? "one user" : rest.Contains("PerAccount", StringComparison.Ordinal) ? "one account" : rest.Contains("PerJob", StringComparison.Ordinal) || rest.Contains("PerNode", StringComparison.Ordinal) ? "one job" : "one user";
        string thing = Thing(rest);
        bool isTime = rest.Contains("Minutes", StringComparison.Ordinal) || rest.Contains("Billing", StringComparison.Ordinal);
        if (of == "one job")
            return ($"it asks for more {thing} than {whose} allows for one job", "Ask for less, or choose another quality of service or account in clusters.yaml.", true);
        if (isTime)
            return ($"{whose} has used up its {thing} for {of}, or what is left is not enough for it", "Submit with a shorter -Walltime or fewer processors, or ask the site for more.", false);
        return ($"{whose} allows no more {thing} at once for {of}", "It starts by itself when jobs that count have ended; what others of yours do counts too.", false);
    }

    private static string Thing(string words) => words switch
    {
        _ when words.Contains("WallDuration", StringComparison.Ordinal) || words.Contains("Wall", StringComparison.Ordinal) => "time",
        _ when words.Contains("Minutes", StringComparison.Ordinal) => words.Contains("GRES", StringComparison.OrdinalIgnoreCase) ? "gpu time" : "processor time",
        _ when words.Contains("Submit", StringComparison.Ordinal) => "jobs in the queue",
        _ when words.Contains("Jobs", StringComparison.Ordinal) => "running jobs",
        _ when words.Contains("Mem", StringComparison.Ordinal) => "memory",
        _ when words.Contains("Node", StringComparison.Ordinal) => "nodes",
        _ when words.Contains("GRES", StringComparison.OrdinalIgnoreCase) => "gpus or other generic resources",
        _ when words.Contains("cpu", StringComparison.OrdinalIgnoreCase) => "processors",
        _ when words.Contains("Billing", StringComparison.Ordinal) => "budget",
        _ => "resources",
    };
}
