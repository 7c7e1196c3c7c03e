using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>Says why a submission did not get in, or not all of it.</summary>
internal static class SubmissionFailure
{
    /// <summary>Nothing could be done.</summary>
    /// <param name="failure">A word, a colon, and the cluster's own words.</param>
    /// <param name="host">The host.</param>
    /// <param name="site">The cluster.</param>
    public static HpcException Of(string failure, string host, SiteConfig site)
    {
        int colon = failure.IndexOf(':', StringComparison.Ordinal);
        (string kind, string words) = colon < 0 ? ("", failure) : (failure[..colon], failure[(colon + 1)..].Trim());
        bool isFull = words.Contains("No space left", StringComparison.Ordinal) || words.Contains("uota", StringComparison.Ordinal);
        return kind switch
        {
            "programs" => new HpcException(
                ErrorCode.PreconditionFailed, $"{host} cannot submit: {words}",
                $"Let the shell start-up files there set the PATH for non-interactive shells too, or correct 'scheduler' at {site.Origin}."),
            "stopped" => new HpcException(ErrorCode.PreconditionFailed, "the run was stopped on the cluster", "Submit it under another name."),
            "another" => new HpcException(
                ErrorCode.PreconditionFailed, $"{words} on {host} is a run of the same name that was submitted from elsewhere; nothing was submitted",
                "Follow it from the computer or the state folder that submitted it, or choose another run_id."),
            "gone" => new HpcException(
                ErrorCode.PreconditionFailed, $"the run's folder {words} on {host} is gone: deleted, or purged by the site", "What it held cannot be resumed: submit the tasks as a new run."),
            "damaged" => new HpcException(ErrorCode.RemoteCommandFailed, $"what was sent to {host} arrived damaged: {words}", "Submit again; nothing was submitted."),
            _ when isFull => new HpcException(
                ErrorCode.PreconditionFailed, $"{host} has no room for the run: {words}", $"Make room there, or set 'scratch' at {site.Origin} to a folder that has some."),
            _ => new HpcException(
                ErrorCode.PreconditionFailed, $"the run's folder cannot be made on {host}: {words}", $"Set 'scratch' at {site.Origin} to a folder that you can write there."),
        };
    }

    /// <summary>One array did not get in.</summary>
    /// <param name="bad">It.</param>
    /// <param name="answer">What became of the arrays before it.</param>
    /// <param name="arrays">How many arrays were sent.</param>
    /// <param name="scheduler">The dialect.</param>
    /// <param name="site">The cluster.</param>
    public static HpcException Of(ArrayAnswer bad, SubmissionAnswer answer, int arrays, IScheduler scheduler, SiteConfig site)
    {
        int inCount = answer.Arrays.Count(a => a.JobId is not null);
        string which = arrays == 1 ? "" : $"array {answer.Arrays.Count} of {arrays}: ";
        string rest = inCount == 0 ? "" : $" {inCount} of {arrays} arrays are in and run; submit again for the rest.";
        if (bad.Outcome == ArrayOutcome.Unverified)
        {
            string words = bad.Words.Length == 0 ? "no answer" : bad.Words;
            return new HpcException(
                ErrorCode.ClusterTimeout,
                $"{which}whether {site.Name} took it cannot be said yet: {words}",
                $"Submit again in a minute: the scheduler is asked then, and nothing is submitted twice.{rest}");
        }
        HpcException reason = scheduler.Explain(bad.ExitCode, bad.Words);
        return new HpcException(reason.Code, which + reason.Message, $"{reason.Remediation}{rest}", reason);
    }
}
