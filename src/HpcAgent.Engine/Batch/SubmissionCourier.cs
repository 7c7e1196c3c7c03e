using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>Carries folders and the script that takes them in to a cluster, in one execution, and says what became of the arrays. First submissions and
/// resumptions share it.</summary>
/// <param name="site">The cluster.</param>
/// <param name="host">Where its commands run.</param>
/// <param name="scheduler">Its dialect.</param>
/// <param name="verb">What the user does again if it is cut off: <c>Submit</c> or <c>Resume</c>.</param>
internal sealed class SubmissionCourier(SiteConfig site, IHost host, IScheduler scheduler, string verb)
{
    /// <summary>Packs folders and runs the script that takes them in.</summary>
    /// <param name="purpose">What the execution is for.</param>
    /// <param name="sending">A folder on this machine for what is sent.</param>
    /// <param name="folders">The name in the archive and the folder on this machine.</param>
    /// <param name="arrays">How many arrays the script submits.</param>
    /// <param name="render">Makes the script from checksum and length of the payload.</param>
    /// <param name="cancellationToken">Ends the wait; what is on its way may still get in.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ClusterTimeout"/>: the connection was cut while the script may have run.</exception>
    public async Task<(SubmissionAnswer Answer, Wire Wire)> CarryAsync(
        string purpose, string sending, IReadOnlyList<(string Name, string Path)> folders, int arrays, Func<(uint Crc, long Bytes), string> render, CancellationToken cancellationToken)
    {
        string payload = Path.Combine(sending, "payload");
        await using (FileStream file = new(payload, FileMode.Create, FileAccess.Write)) await RemoteTar.WriteAsync(file, folders, cancellationToken);
        (uint Crc, long Bytes) sum = await PosixCrc.ComputeAsync(payload, cancellationToken);
        HostScript script = new()
        {
            Purpose = purpose,
            Text = render(sum),
            Payload = async (stream, token) =>
            {
                await using FileStream file = new(payload, FileMode.Open, FileAccess.Read, FileShare.Read);
                await file.CopyToAsync(stream, token);
            },
            Deadline = TimeSpan.FromSeconds(180 + (10 * arrays) + (sum.Bytes / 200_000.0)),
        };
        HostAnswer answer = await RunAsync(script, cancellationToken);
        return (SubmissionAnswer.Read(answer), answer.Wire);
    }

    /// <summary>Tells of each array that is in, and throws if not all are.</summary>
    /// <param name="answer">What the script said.</param>
    /// <param name="plan">The plan that was sent.</param>
    /// <param name="accepted">Told of each array that is in: its place in the plan and its id.</param>
    /// <param name="steps">Told of each step.</param>
    /// <exception cref="HpcException">Nothing could be done, or an array did not get in.</exception>
    public async Task AcceptAsync(SubmissionAnswer answer, RunPlan plan, Func<int, string, Task> accepted, IProgress<string>? steps)
    {
        steps?.Report("sent");
        if (answer.Failure is { } failure) throw SubmissionFailure.Of(failure, host.Name, site);
        // A resumption numbers its arrays on from those that the run has.
        int first = plan.Arrays[0].Index, count = plan.Arrays.Count;
        foreach (ArrayAnswer array in answer.Arrays.Where(a => a.JobId is not null)) await accepted(array.Index - first, array.JobId!);
        steps?.Report("identified");
        if (answer.Arrays.FirstOrDefault(a => a.JobId is null) is { } bad) throw SubmissionFailure.Of(bad, answer, count, scheduler, site);
        if (answer.Arrays.Count != count)
            throw new HpcException(
                ErrorCode.RemoteCommandFailed,
                $"{host.Name} answered for {answer.Arrays.Count} of {count} arrays",
                $"{verb} again: what is in is found, and only the rest is sent.");
    }

    // One that was cut may be sent again at once: that is what its claims are for.
    private async Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken)
    {
        try
        {
            return await host.RunAsync(script, cancellationToken);
        }
        catch (HpcException e) when (e.Code == ErrorCode.RemoteCommandFailed && HostFailure.Of(e) is { Execution: ScriptExecution.MayHaveRun })
        {
            throw new HpcException(ErrorCode.ClusterTimeout, e.Message, $"{verb} again: what is in is found, and nothing is submitted twice.", e);
        }
    }
}
