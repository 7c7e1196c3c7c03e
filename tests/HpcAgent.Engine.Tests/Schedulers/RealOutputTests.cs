using System.Globalization;
using System.Text;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Schedulers;

public class RealOutputTests
{
    [SkippableTheory]
    [InlineData("slurm", 150)]
    [InlineData("sge", 130)]
    public async Task Every_real_output_is_read_or_refused_with_a_reason(string kind, int least)
    {
        List<string> problems = [];
        IReadOnlyList<RealOutput> outputs = Sample.Outputs(kind);
        foreach (RealOutput output in outputs)
        {
            try
            {
                if (await ProblemAsync(output) is { } problem) problems.Add($"{output.Name}: {problem}");
            }
            catch (Exception e) when (e is not HpcException)
            {
                problems.Add($"{output.Name}: {e.GetType().Name}: {e.Message}");
            }
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(outputs.Count >= least, $"only {outputs.Count} outputs were found");
    }

    private static async Task<string?> ProblemAsync(RealOutput output)
    {
        if (RealOutputRule.Of(output.Kind, output.Name) is not { } rule) return "no rule says which parser it belongs to";
        IScheduler scheduler = SchedulerFactory.Create(output.Kind);
        return rule.Reader switch
        {
            Reader.Queue => Read(output, RealOutputColumns.OfSqueue, text => scheduler.ParseQueue(text).Select(e => e.State)),
            Reader.Accounting => Read(output, RealOutputColumns.OfSacct, text => Accounting(scheduler, text).Select(e => e.State)),
            Reader.QueueInAnotherForm => MustRefuse(() => scheduler.ParseQueue(Sample.Framed(output.All, output.Status))),
            Reader.AccountingInAnotherForm => Accounting(scheduler, Sample.Framed(output.All)).Count == 0 ? null : "records were found where there are none",
            Reader.Submission => await SubmissionAsync(scheduler, output),
            Reader.Cancel => output.Status == 0 ? null : Reason(scheduler.Explain(output.Status, output.All)),
            Reader.Limits => Limits(scheduler, rule.Note, output),
            _ => rule.Note.Length > 0 ? null : "no reason is given why it is not asked",
        };
    }

    private static IReadOnlyList<AccountingEntry> Accounting(IScheduler scheduler, string text) => scheduler.ParseAccounting(Encoding.UTF8.GetBytes(text));

    private static string? Read(RealOutput output, Func<string, string, (string Text, int RowCount)> columns, Func<string, IEnumerable<TaskState>> read)
    {
        if (output.Status != 0) return MustRefuse(() => _ = read(Sample.Framed(output.All, output.Status)).Count());
        (string text, int rows) = output.Kind == "slurm" ? columns(output.Command, output.Out) : (output.All, output.Out.Contains("JB_job_number", StringComparison.Ordinal) || output.Out.Contains("jobnumber", StringComparison.Ordinal) ? 1 : 0);
        List<TaskState> states = [.. read(Sample.Framed(text))];
        if (rows > 0 && states.Count == 0) return string.Create(CultureInfo.InvariantCulture, $"of {rows} rows none was read");
        // A name with the separator in it moves the columns; the product asks for another separator.
        return states.Contains(TaskState.Unknown) && output.Name is not ("sacct-weird-name" or "sacct-all-today") && !output.IsWithoutState ? "a state was not understood" : null;
    }

    private static async Task<string?> SubmissionAsync(IScheduler scheduler, RealOutput output)
    {
        string? id = await JobIdOf.TextAsync(output.Out);
        // sbatch --wait ends with the code of the job.
        if (output.Status == 0 || id is not null) return id is null ? MustRefuse(() => throw scheduler.Explain(output.Status, output.All)) : null;
        return Reason(scheduler.Explain(output.Status, output.All));
    }

    private static string? Limits(IScheduler scheduler, string section, RealOutput output)
    {
        SiteLimits nothing = scheduler.ParseLimits(""), limits = scheduler.ParseLimits($"#hpc-section {section}\n{output.Out}");
        // The load and the settings of queues say something only beside the names of the queues; the scheduler has no limit (0).
        return section is "load" or "queue" or "scheduler" || System.Text.Json.JsonSerializer.Serialize(limits) != System.Text.Json.JsonSerializer.Serialize(nothing) ? null : "it says nothing of the limits";
    }

    private static string? MustRefuse(Action read)
    {
        try
        {
            read();
            return "it was not refused";
        }
        catch (HpcException e)
        {
            return Reason(e);
        }
    }

    private static string? Reason(HpcException e) =>
        e.Message.Length < 20 || string.IsNullOrEmpty(e.Remediation) ? $"the refusal says too little: {e.Message}" : null;
}
