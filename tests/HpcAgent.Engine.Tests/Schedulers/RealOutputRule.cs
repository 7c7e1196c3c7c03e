using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>What the product does with an output of a scheduler.</summary>
internal enum Reader
{
    /// <summary>The list of jobs.</summary>
    Queue,

    /// <summary>A list of jobs in a form that is not asked for: it must be refused, never taken for an empty queue.</summary>
    QueueInAnotherForm,

    /// <summary>Accounting records.</summary>
    Accounting,

    /// <summary>Accounting in a form that is not asked for: nothing in it may be taken for a record.</summary>
    AccountingInAnotherForm,

    /// <summary>What a submission printed.</summary>
    Submission,

    /// <summary>What ending jobs printed: read only where the status is not 0.</summary>
    Cancel,

    /// <summary>A section of the limits, named by the rule.</summary>
    Limits,

    /// <summary>The product never asks this; the rule says why the sample is there all the same.</summary>
    NotAsked,
}

/// <summary>To which parser an output belongs, by its file name. The first rule that fits counts.</summary>
/// <param name="Kind">The scheduler.</param>
/// <param name="Pattern">A regular expression for the whole name.</param>
/// <param name="Reader">The parser.</param>
/// <param name="Note">The section of the limits, or why it is not asked.</param>
internal sealed record RealOutputRule(string Kind, string Pattern, Reader Reader, string Note = "")
{
    private const string ByHand = "for people who look at one job or node";

    private static readonly RealOutputRule[] s_all =
    [
        new("slurm", "squeue-(default|a|r|long|O|start|bad-user|json|json-array|yaml)", Reader.QueueInAnotherForm),
        new("slurm", "squeue-states-list", Reader.NotAsked, "it is empty: the queue was empty by then"),
        new("slurm", "(ctld-down-|ctld-frozen-|dbd-down-)?squeue(-.*)?", Reader.Queue),
        new("slurm", "sacct-(default-cols|helpformat|.*json.*)", Reader.AccountingInAnotherForm),
        new("slurm", "(ctld-down-|dbd-down-|dbd-back-)?sacct(-.*)?", Reader.Accounting),
        new("slurm", "sbatch-(dep-on-purged-failed)", Reader.NotAsked, "a submission and sacct in one answer, to show what afterok takes for satisfied"),
        new("slurm", "sbatch-test-only.*", Reader.NotAsked, "a submission that submits nothing"),
        new("slurm", "(ctld-down-|dbd-down-)?sbatch(-.*)?", Reader.Submission),
        new("slurm", "(ctld-down-)?scancel(-.*)?", Reader.Cancel),
        new("slurm", "scontrol-show-config", Reader.Limits, "config"),
        new("slurm", "scontrol-show-partition", Reader.Limits, "partitions"),
        new("slurm", "sacctmgr-(assoc|qos)", Reader.NotAsked, "other columns than the limits ask for; LimitsTests has theirs"),
        new("slurm", "scontrol-.*|sstat(-.*)?|sprio|version|ctld-down-ping", Reader.NotAsked, ByHand),
        new("slurm", "(ctld-down-)?sinfo(-.*)?", Reader.NotAsked, "other columns than the limits ask for, or " + ByHand),
        new("slurm", "slurm-out-of-.*", Reader.NotAsked, "what a job printed"),
        new("sge", "qstat-gc", Reader.Limits, "load"),
        new("sge", "qstat-gc-xml", Reader.NotAsked, "the load is read as text"),
        new("sge", "qstat-sz-xml", Reader.NotAsked, "jobs that have ended: the letter z is no state of the queue"),
        new("sge", "(execd-dead-)?qstat-(xml|.*-xml)(?<!-j-.*)", Reader.Queue),
        new("sge", "(qmaster-down-|qmaster-frozen-)qstat", Reader.Queue),
        new("sge", "(execd-dead-|execd-back-|qmaster-back-|queue-disabled-)?qstat(-.*)?", Reader.QueueInAnotherForm),
        new("sge", "(execd-back-|qmaster-down-)?qacct(-.*)?", Reader.Accounting),
        new("sge", "qsub-(w-v.*|sync.*)", Reader.NotAsked, "a submission that waits, or that submits nothing"),
        new("sge", "(qmaster-down-)?qsub(-.*)?", Reader.Submission),
        new("sge", "(execd-dead-|qmaster-down-)?qdel(-.*)?", Reader.Cancel),
        new("sge", "qconf-sconf", Reader.Limits, "config"),
        new("sge", "qconf-ssconf", Reader.Limits, "scheduler"),
        new("sge", "qconf-sql", Reader.Limits, "queues"),
        new("sge", "qconf-sq", Reader.Limits, "queue"),
        new("sge", "qconf-sp", Reader.Limits, "pe"),
        new("sge", "(execd-dead-)?qhost", Reader.Limits, "hosts"),
        new("sge", "version", Reader.Limits, "version"),
        new("sge", "qconf-.*|qhost-.*|qmod-.*|qhold|qrls|qalter-.*|queue-disabled-w-v", Reader.NotAsked, ByHand),
        new("sge", "out-.*", Reader.NotAsked, "what a job printed"),
    ];

    /// <summary>The rule for an output, or null.</summary>
    public static RealOutputRule? Of(string kind, string name) =>
        Array.Find(s_all, rule => rule.Kind == kind && Regex.IsMatch(name, "^(?:" + rule.Pattern + ")$"));
}
