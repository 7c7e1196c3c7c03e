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

    /// <summary>Creates it.</summary>
    /// <param name="host">Where the commands of the cluster run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="runs">The runs.</param>
    public BatchObservation(IHost host, IScheduler scheduler, IReadOnlyList<RunObservation> runs)
    {
        (_host, _scheduler, _runs) = (host, scheduler, runs);
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
        HostAnswer answer = await _host.RunAsync(
            new HostScript
            {
                Receive = archives.Open,
                Purpose = $"{(results ? "results" : "status")} of {(asked.Length == 1 ? asked[0].RunId : $"{asked.Length} runs")}",
                Text = Script(asked),
                Deadline = results ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(3),
            },
            cancellationToken);
        SchedulerAnswer said = SchedulerAnswer.Read(_scheduler, answer);
        HostAnswer[] sections = Sections(answer);
        for (int i = 0; i < asked.Length; i++)
            await asked[i].TakeAsync(sections[i], said, archives, cancellationToken);
        return answer.Wire with { SchedulerQueryCount = said.QueryCount };
    }

    private string Script(RunObservation[] runs)
    {
        StringBuilder text = new();
        string[] jobs = [.. runs.SelectMany(r => r.OpenJobIds)];
        if (jobs.Length > 0)
            ObservationScript.AppendQueries(text, _scheduler, jobs, runs.Where(r => r.OpenJobIds.Count > 0).Min(r => r.SubmittedAt), runs.Any(r => r.HasMissing));
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
