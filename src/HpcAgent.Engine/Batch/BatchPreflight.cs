using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>Looks whether runs can be sent to a cluster: the way there, its programs, its scheduler, and what the site's entry names.</summary>
internal sealed class BatchPreflight
{
    private static readonly string[] s_questions = ["queue", "accounting", "limits"];
    private static readonly string[] s_transfer = ["tar", "gzip", "cksum", "dd"];
    private static readonly string[] s_asked = [CheckName.Accounting, CheckName.Limits];

    private readonly SiteConfig _site;
    private readonly IHost _host;
    private readonly IScheduler _scheduler;
    private readonly SiteLimitsCache _limits;
    private readonly TimeProvider _clock;
    private readonly CheckList _checks;

    /// <summary>Creates it.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="host">Where its commands run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="limits">Where the limits that it tells are kept.</param>
    /// <param name="clock">The clock.</param>
    public BatchPreflight(SiteConfig site, IHost host, IScheduler scheduler, SiteLimitsCache limits, TimeProvider clock)
    {
        (_site, _host, _scheduler, _limits, _clock) = (site, host, scheduler, limits, clock);
        _checks = new CheckList(site.Name, clock);
    }

    /// <summary>Looks.</summary>
    /// <param name="preamble">What a tiny job runs, or null for no job.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    public async Task<ClusterCheckup> LookAsync(string? preamble, CancellationToken cancellationToken)
    {
        DateTimeOffset asked = _clock.GetUtcNow();
        ConnectionChecks connection = new(_site, _host.Name, _checks);
        HostAnswer answer;
        try
        {
            answer = await _host.RunAsync(
                new HostScript
                {
                    Purpose = $"checks of {_site.Name}",
                    Text = PreflightScript.Render(_scheduler, _site.Scratch ?? "~/hpc-agent", asked),
                    Deadline = TimeSpan.FromMinutes(6),
                },
                cancellationToken);
        }
        catch (HpcException e) when (HostFailure.Of(e) is { } failure)
        {
            await connection.FailedAsync(e, failure, cancellationToken);
            return new ClusterCheckup(_checks.Checks, failure.Wire);
        }
        await connection.PassedAsync(answer, cancellationToken);
        LookAtClock(answer, asked, _clock.GetUtcNow());
        LookAtPrograms(answer);
        new ScratchChecks(_site, _host.Name, _checks).Look(answer);
        await LookAtSchedulerAsync(answer, cancellationToken);
        Wire wire = answer.Wire with { SchedulerQueryCount = s_questions.Count(p => answer.Find(p) is not null) };
        if (preamble is null) return new ClusterCheckup(_checks.Checks, wire);
        if (_checks.HasFailed) _checks.Skip(CheckName.Job, "an earlier check failed");
        else wire = wire.Plus(await new PreflightJob(_site, _host, _scheduler, _checks).RunAsync(answer, preamble, cancellationToken));
        return new ClusterCheckup(_checks.Checks, wire);
    }

    private void LookAtClock(HostAnswer answer, DateTimeOffset before, DateTimeOffset after)
    {
        if (!long.TryParse(answer.Text("clock"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            _checks.Skip(CheckName.Clock, "'date +%s' is not understood there");
            return;
        }
        long skew = ClusterClock.Ahead(seconds, before, after);
        if (Math.Abs(skew) <= 60)
            _checks.Pass(CheckName.Clock, Math.Abs(skew) <= 1 ? "the clocks agree" : string.Create(CultureInfo.InvariantCulture, $"the clocks differ by {Math.Abs(skew)} s"));
        else
        {
            string side = skew > 0 ? "ahead of" : "behind";
            _checks.Warn(CheckName.Clock, string.Create(CultureInfo.InvariantCulture, $"the clock of {_host.Name} is {Math.Abs(skew)} s {side} this machine's"), "Set the clock of this machine by NTP, or tell the site.");
        }
    }

    private void LookAtPrograms(HostAnswer answer)
    {
        string[] missing = answer.Text("missing").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] others = [.. missing.Except(s_transfer, StringComparer.Ordinal)];
        if (others.Length == 0) _checks.Pass(CheckName.Programs, "all that scripts need are there");
        else _checks.Fail(CheckName.Programs, $"{string.Join(", ", others)} not on the PATH of {_host.Name}: {answer.Text("path")}", "Ask the site for the POSIX programs, or correct the PATH in the shell's start-up file there.");
        string[] lost = [.. missing.Intersect(s_transfer, StringComparer.Ordinal)];
        if (lost.Length == 0) _checks.Pass(CheckName.FileTransfer, string.Join(", ", s_transfer));
        else _checks.Fail(CheckName.FileTransfer, $"{string.Join(", ", lost)} not on the PATH of {_host.Name}: {answer.Text("path")}", "They carry files there and back: ask the site for them.");
        string timeout = answer.Text("timeout");
        if (timeout.Length > 0) _checks.Pass(CheckName.Timeout, timeout);
        else _checks.Warn(CheckName.Timeout, $"there is no 'timeout' on {_host.Name}", "Queries cannot be bounded there: a scheduler that hangs holds each call until its own deadline.");
        string none = answer.Text("scheduler-missing").Replace("\n", ", ", StringComparison.Ordinal);
        if (none.Length == 0) _checks.Pass(CheckName.SchedulerPrograms, string.Join(", ", _scheduler.Programs));
        else
        {
            _checks.Fail(
                CheckName.SchedulerPrograms,
                $"{none} not on the PATH of a non-interactive shell on {_host.Name}: {answer.Text("path")}",
                $"Let the shell's start-up file there (~/.bashrc before any 'return') set the PATH for non-interactive shells too, or correct 'scheduler' at {_site.Origin}.");
        }
    }

    private async Task LookAtSchedulerAsync(HostAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Find("queue") is null)
        {
            foreach (string name in s_asked.Prepend(CheckName.Scheduler)) _checks.Skip(name, "the scheduler's programs are not there");
            return;
        }
        (int _, TimeSpan? took) = PreflightAnswer.End(answer, "queue");
        try
        {
            IReadOnlyList<QueueEntry> jobs = _scheduler.ParseQueue(answer.Text("queue"));
            _checks.Pass(CheckName.Scheduler, jobs.Count == 0 ? "the queue has none of your jobs" : string.Create(CultureInfo.InvariantCulture, $"the queue has {jobs.Count} entries of yours"), took);
        }
        catch (HpcException e)
        {
            _checks.Fail(CheckName.Scheduler, e.Message, e.Remediation, took);
        }
        if (answer.Find("accounting") is null)
        {
            foreach (string name in s_asked) _checks.Skip(name, "the scheduler does not answer");
            return;
        }
        (int status, took) = PreflightAnswer.End(answer, "accounting");
        if (status == 0) _checks.Pass(CheckName.Accounting, "it can be asked", took);
        else _checks.Warn(CheckName.Accounting, $"the accounting does not answer: {Refusal.Words(answer.Text("accounting"))}", "Runs work; how a task ended that wrote no record of its own then stays unknown.", took);
        await LookAtSiteAsync(answer, cancellationToken);
    }

    private async Task LookAtSiteAsync(HostAnswer answer, CancellationToken cancellationToken)
    {
        (int _, TimeSpan? took) = PreflightAnswer.End(answer, "limits");
        SiteLimits limits = _scheduler.ParseLimits(answer.Text("limits")) with { Home = answer.Text("home"), Room = ScratchChecks.Room(answer), AskedAt = _clock.GetUtcNow() };
        if (limits.Partitions.Count == 0)
        {
            _checks.Warn(CheckName.Limits, "the site does not tell its limits", $"State them under 'constraints' at {_site.Origin}.", took);
        }
        else
        {
            await _limits.WriteAsync(_site, limits, cancellationToken);
            string arrays = limits.MaxArrayIndex is { } most ? string.Create(CultureInfo.InvariantCulture, $"arrays up to {most}") : "arrays without limit";
            _checks.Pass(CheckName.Limits, string.Create(CultureInfo.InvariantCulture, $"{limits.Version ?? _scheduler.Kind}: {arrays}, {limits.Partitions.Count} partitions or queues"), took);
        }
        new EntryChecks(_site, _checks).Look(limits);
    }
}
