using System.Text;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>One look at any number of runs on a cluster: one execution, whatever is asked, with one question to the queue.</summary>
internal sealed class BatchObservation
{
    private readonly IHost _host;
    private readonly IScheduler _scheduler;
    private readonly IReadOnlyList<RunObservation> _runs;
    private readonly TimeProvider _clock;

    /// <summary>Creates it.</summary>
    /// <param name="host">Where the commands of the cluster run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="clock">The clock of this machine.</param>
    public BatchObservation(IHost host, IScheduler scheduler, IReadOnlyList<RunObservation> runs, TimeProvider clock)
    {
        (_host, _scheduler, _runs, _clock) = (host, scheduler, runs, clock);
    }

    /// <summary>Looks.</summary>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<Wire> LookAsync(CancellationToken cancellationToken)
    {
        RunObservation[] asked = [.. _runs.Where(r => r.NeedsLook())];
        if (asked.Length == 0) return new Wire();
        bool results = asked.Any(r => r.WantsResults);
        // Parts of an archive are told apart by name, so those of two runs would mix.
        if (results && asked.Length > 1) throw new InvalidOperationException("results are fetched of one run at a time");
        using ArchiveFolder archives = new(asked[0].MirrorPath);
        HostAnswer answer;
        DateTimeOffset before = _clock.GetUtcNow();
        try
        {
            answer = await AskAsync(asked, results, archives, cancellationToken);
        }
        catch (HpcException e) when (asked.All(r => r.IsOnlyForUsage))
        {
            foreach (RunObservation run in asked) run.TakeUnreachable(e);
            return new Wire();
        }
        TimeSpan? offset = ClusterClock.Of(answer, before, _clock.GetUtcNow());
        SchedulerAnswer said = SchedulerAnswer.Read(_scheduler, answer);
        HostAnswer[] sections = Sections(answer);
        if (sections.Length < asked.Length)
            throw new HpcException(
                ErrorCode.RemoteCommandFailed,
                $"{_host.Name} answered for {sections.Length} of {asked.Length} runs{(answer.ErrorText.Length == 0 ? "" : $": {answer.ErrorText.Trim()}")}",
                "Try again; nothing was concluded from it.");
        for (int i = 0; i < asked.Length; i++)
        {
            if (offset is { } ahead) asked[i].TakeClock(ahead);
            await asked[i].TakeAsync(sections[i], said, archives, cancellationToken);
        }
        return answer.Wire with { SchedulerQueryCount = said.QueryCount };
    }

    private Task<HostAnswer> AskAsync(RunObservation[] asked, bool results, ArchiveFolder archives, CancellationToken cancellationToken) =>
        _host.RunAsync(
            new HostScript
            {
                Receive = archives.Open,
                Purpose = $"{(results ? "results" : "status")} of {(asked.Length == 1 ? asked[0].RunId : $"{asked.Length} runs")}",
                Text = Script(asked),
                Deadline = results ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(3),
            },
            cancellationToken);

    private string Script(RunObservation[] runs)
    {
        StringBuilder text = new(ClusterClock.Question);
        RunObservation[] toScheduler = [.. runs.Where(r => r.OpenJobIds.Count + r.UsageJobIds.Count > 0)];
        if (toScheduler.Length > 0)
        {
            ObservationScript.AppendQueries(
                text,
                _scheduler,
                [.. runs.SelectMany(r => r.OpenJobIds)],
                [.. runs.SelectMany(r => r.UsageJobIds)],
                toScheduler.Min(r => r.SubmittedAt),
                runs.Any(r => r.HasMissing),
                [.. runs.Where(r => r.WantsReasons).SelectMany(r => r.OpenJobIds)]);
        }
        foreach (RunObservation run in runs) run.AppendQuestions(text, Math.Max(1, TailAnswer.MostTails / runs.Length));
        return text.Append("exit 0\n").ToString();
    }

    private static HostAnswer[] Sections(HostAnswer answer)
    {
        List<List<AnswerPart>> sections = [];
        foreach (AnswerPart part in answer.Parts)
        {
            if (part.Name == "run") sections.Add([]);
            else if (sections.Count > 0) sections[^1].Add(part);
        }
        return [.. sections.Select(parts => answer with { Parts = parts })];
    }
}
