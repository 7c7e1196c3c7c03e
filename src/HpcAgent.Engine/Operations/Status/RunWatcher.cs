using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>
/// Watches any number of runs until they have come to where they are awaited. All runs of a cluster are looked at together, when one of them is due;
/// what the looks cost its scheduler is kept within the site's budget. The runs do not need anyone to watch.
/// </summary>
public sealed class RunWatcher
{
    private readonly RunSurvey _survey;

    /// <summary>Creates it.</summary>
    /// <param name="contexts">The context of the experiment in a folder.</param>
    public RunWatcher(Func<string, OperationContext> contexts) => _survey = new RunSurvey(contexts);

    /// <summary>Watches runs.</summary>
    /// <param name="runs">Their ids, each with the absolute folder of its experiment.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the watching; the runs go on.</param>
    /// <returns>Every look at every run, as it is made; the last one of each run says that it is over.</returns>
    public async IAsyncEnumerable<WatchedRun> WatchAsync(
        IReadOnlyList<(string RunId, string ExperimentPath)> runs, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(options);
        (IReadOnlyList<SurveyGroup> groups, SurveyedRun?[] answers) = await _survey.OpenAsync(runs, cancellationToken);
        for (int i = 0; i < answers.Length; i++)
        {
            if (answers[i] is { } unknown) yield return new WatchedRun(i, unknown.RunId, null, unknown.Error, IsOver: true);
        }
        // A reader that stops early ends the watching too.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<WatchedRun> looks = Channel.CreateUnbounded<WatchedRun>();
        Task watching = WatchAllAsync([.. groups.Select(g => new GroupWatch(g, options))], looks.Writer, stop.Token);
        try
        {
            await foreach (WatchedRun look in looks.Reader.ReadAllAsync(cancellationToken)) yield return look;
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
    }

    private static async Task WatchAllAsync(GroupWatch[] groups, ChannelWriter<WatchedRun> looks, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(groups.Select(g => g.RunAsync(looks, cancellationToken)));
            looks.Complete();
        }
        catch (Exception e)
        {
            looks.Complete(e);
        }
    }
}
