using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>What is done about a watched run that would end with failures: nothing without a policy; with one, what it allows.</summary>
internal sealed class RunHealer
{
    private const int ErrorsBorne = 5;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    // So long a resumption that somebody has begun may take before it counts as left half done.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly RetryPolicy? _wish;
    private int _errors;

    /// <summary>Creates it.</summary>
    /// <param name="wish">The policy of whoever watches, which stands above the run's; null for the run's own.</param>
    public RunHealer(RetryPolicy? wish) => _wish = wish;

    /// <summary>Looks whether the run goes on after all, and resumes it if its policy says so.</summary>
    /// <param name="member">The run.</param>
    /// <param name="status">Where it stands: failed.</param>
    /// <param name="cancellationToken">Ends it between steps.</param>
    public async Task<HealedRun> TakeAsync(SurveyMember member, RunStatus status, CancellationToken cancellationToken)
    {
        SurveyMember now = await member.RefreshAsync(cancellationToken);
        if (!ReferenceEquals(now.Record, member.Record)) return new HealedRun(now, GoesOn: true);
        RetryPolicy? policy;
        try
        {
            policy = AutoRetry.PolicyOf(_wish, now.Record);
        }
        catch (HpcException e)
        {
            return new HealedRun(now, GoesOn: false) { Warnings = [$"nothing is sent again by itself: {e.Message}"] };
        }
        return policy is null ? new HealedRun(now, IsBeingSent(now)) { Pause = s_soon } : await ResumeAsync(now, status, policy, cancellationToken);
    }

    private async Task<HealedRun> ResumeAsync(SurveyMember member, RunStatus status, RetryPolicy policy, CancellationToken cancellationToken)
    {
        RunResumption? done;
        try
        {
            done = await AutoRetry.ResumeAsync(member.Context, member.Record, member.View, status, policy, cancellationToken);
        }
        catch (HpcException e)
        {
            return await TakeErrorAsync(member, e, cancellationToken);
        }
        _errors = 0;
        if (done is null) return new HealedRun(member, GoesOn: true);
        string[] left = [.. done.Left.Select(l => $"left as they are: {l}")];
        if (done.Plan is null) return new HealedRun(member, GoesOn: false) { Warnings = left };
        SurveyMember resumed = await member.RefreshAsync(cancellationToken);
        return new HealedRun(resumed, GoesOn: true) { Resumption = done, Round = AutoRetry.RoundsOf(resumed.Record).Count };
    }

    private async Task<HealedRun> TakeErrorAsync(SurveyMember member, HpcException error, CancellationToken cancellationToken)
    {
        SurveyMember now = await member.RefreshAsync(cancellationToken);
        // Somebody was faster, a person perhaps, with something else. What is half done is our own.
        if (!ReferenceEquals(now.Record, member.Record) && now.Record.Journal.Stage == SubmissionStage.Submitted) return new HealedRun(now, GoesOn: true);
        _errors++;
        bool goesOn = _errors <= ErrorsBorne && ErrorCatalogue.Entry(error.Code).IsRetrySafe;
        string text = $"failed tasks could not be sent again{(goesOn ? "; it is tried again" : "")}: {error.Message}";
        return new HealedRun(now, goesOn) { Warnings = [text], Pause = TimeSpan.FromMinutes(Math.Pow(2, _errors - 1)) };
    }

    private static bool IsBeingSent(SurveyMember member) =>
        member.Record.Journal is { Submissions.Count: > 1, Stage: not SubmissionStage.Submitted } journal
        && member.Context.Clock.GetUtcNow() - journal.Submissions[^1].Intent.At < s_patience;
}

/// <summary>A run that had ended with failures.</summary>
/// <param name="Member">The run as it is recorded now.</param>
/// <param name="GoesOn">True if it is to be watched further.</param>
internal sealed record HealedRun(SurveyMember Member, bool GoesOn)
{
    /// <summary>What was sent again, or null.</summary>
    public RunResumption? Resumption { get; init; }

    /// <summary>How often that was done by itself, with this time.</summary>
    public int Round { get; init; }

    /// <summary>When to look again.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.Zero;

    /// <summary>What was left, or went wrong.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
