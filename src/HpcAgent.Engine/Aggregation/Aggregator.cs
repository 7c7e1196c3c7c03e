using HpcAgent.Kernels;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// Reduces the results of a run to exact statistics by group. The result is the same, bit for bit, for any number of threads and
/// any order or packing of the records. A record that cannot be used makes its task missing and is listed with the reason.
/// </summary>
public sealed class Aggregator
{
    private readonly AggregationRequest _request;
    private readonly int _threads;

    private Aggregator(AggregationRequest request)
    {
        _request = request;
        _threads = request.ThreadCount > 0 ? request.ThreadCount : Environment.ProcessorCount;
    }

    /// <summary>Reduces the results.</summary>
    /// <param name="request">What to reduce, and how.</param>
    /// <param name="token">Ends the work early.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: a grouping parameter does not exist, a probability or a task id is out of range;
    /// <see cref="ErrorCode.OutputsMissing"/>: a packed file does not exist.
    /// </exception>
    public static Task<Aggregate> AggregateAsync(AggregationRequest request, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (double probability in request.Probabilities)
        {
            if (!(probability is >= 0 and <= 1))
            {
                throw new HpcException(
                    ErrorCode.SpecInvalid, FormattableString.Invariant($"{probability} is not a probability."),
                    "Give quantiles as numbers from 0 to 1.");
            }
        }
        return new Aggregator(request).RunAsync(token);
    }

    private async Task<Aggregate> RunAsync(CancellationToken token)
    {
        Grouping grouping = await Task.Run(() => Grouping.Create(_request, token), token);
        TaskSet? wanted = Wanted();
        (TaskSet used, ReductionWorker[] workers, List<ResultProblem> problems) = _request.Source switch
        {
            ResultFiles files => await ReadFilesAsync(files, grouping, wanted, token),
            PackedResults packed => await ReadPackedAsync(packed, grouping, wanted, token),
            _ => throw new HpcException(ErrorCode.Internal, $"Results of the kind {_request.Source.GetType().Name} cannot be read."),
        };
        foreach (ReductionWorker worker in workers.AsSpan(1))
        {
            workers[0].Reduction.Merge(worker.Reduction);
            workers[0].Digest.Merge(worker.Digest);
        }
        AggregateGroup[] groups = await SummarizeAsync(grouping, workers[0].Reduction, token);
        return new Aggregate
        {
            RunId = _request.RunId,
            CmdSha = _request.CmdSha,
            IdentitySha = _request.IdentitySha,
            GroupBy = _request.GroupBy,
            TaskCount = _request.TaskCount,
            UsedCount = used.Count(),
            InputDigest = workers[0].Digest.ToString(),
            MissingTaskIds = used.Absent(),
            Problems = Sorted(problems),
            Groups = groups,
        };
    }

    private async Task<(TaskSet Used, ReductionWorker[] Workers, List<ResultProblem> Problems)> ReadFilesAsync(
        ResultFiles files, Grouping grouping, TaskSet? wanted, CancellationToken token)
    {
        TaskSet used = new(_request.TaskCount);
        ResultFileReader reader = new(files, _request, grouping, wanted, used);
        ReductionWorker[] workers = await WorkAsync(grouping, worker => reader.Work(worker, token), token);
        return (used, workers, ProblemsOf(workers));
    }

    private async Task<(TaskSet Used, ReductionWorker[] Workers, List<ResultProblem> Problems)> ReadPackedAsync(
        PackedResults packed, Grouping grouping, TaskSet? wanted, CancellationToken token)
    {
        using PackedFiles files = PackedFiles.Open(packed.Paths);
        PackedReader reader = new(files, _request, grouping, wanted);
        ReductionWorker[] workers = await WorkAsync(grouping, worker => reader.Work(worker, token), token);
        if (reader.HasRepeats)
        {
            // Rare, so it may cost a second look: find each task's last record, then take only those.
            PackedIndex index = new(files, _request);
            await WorkAsync(grouping, worker => index.Work(worker, token), token);
            reader = new PackedReader(files, _request, grouping, wanted, index);
            workers = await WorkAsync(grouping, worker => reader.Work(worker, token), token);
        }
        List<ResultProblem> problems = ProblemsOf(workers);
        files.Locate(problems);
        return (reader.Used, workers, problems);
    }

    private async Task<ReductionWorker[]> WorkAsync(Grouping grouping, Action<ReductionWorker> work, CancellationToken token)
    {
        ReductionWorker[] workers = new ReductionWorker[_threads];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = new ReductionWorker(grouping.Keys.Count, _request.Probabilities.Count > 0);
        await Task.WhenAll(workers.Select(worker => Task.Run(() => work(worker), token)));
        return workers;
    }

    private async Task<AggregateGroup[]> SummarizeAsync(Grouping grouping, Reduction reduction, CancellationToken token)
    {
        AggregateGroup[] groups = new AggregateGroup[grouping.Keys.Count];
        double[] probabilities = [.. _request.Probabilities];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, _threads).Select(_ => Task.Run(
            () =>
            {
                for (int group = Interlocked.Increment(ref next); group < groups.Length; group = Interlocked.Increment(ref next))
                {
                    token.ThrowIfCancellationRequested();
                    groups[group] = new AggregateGroup
                    {
                        Key = grouping.Keys[group],
                        TaskCount = grouping.TaskCounts[group],
                        MissingCount = grouping.TaskCounts[group] - reduction.RecordCount(group),
                        Metrics = reduction.Summarize(group, probabilities),
                    };
                }
            },
            token)));
        return groups;
    }

    private TaskSet? Wanted()
    {
        if (_request.TaskIds is null)
            return null;
        TaskSet wanted = new(_request.TaskCount);
        foreach (long id in _request.TaskIds)
        {
            if (id < 0 || id >= _request.TaskCount)
            {
                throw new HpcException(
                    ErrorCode.SpecInvalid, $"Run {_request.RunId} has no task {id}.", $"Its tasks are 0 to {_request.TaskCount - 1}.");
            }
            wanted.Add(id);
        }
        return wanted;
    }

    private static List<ResultProblem> ProblemsOf(ReductionWorker[] workers) => [.. workers.SelectMany(worker => worker.Problems)];

    private static AggregateProblem[] Sorted(List<ResultProblem> problems) =>
    [
        .. problems.OrderBy(problem => problem.TaskId).ThenBy(problem => problem.File).ThenBy(problem => problem.Offset)
            .ThenBy(problem => problem.Message, StringComparer.Ordinal)
            .Select(problem => new AggregateProblem(problem.TaskId, problem.Path, problem.Message)),
    ];
}
