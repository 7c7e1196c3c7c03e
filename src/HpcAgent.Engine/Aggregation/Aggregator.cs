using System.Runtime.ExceptionServices;
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
        // One step to another thread, and from there on parallel loops: each asynchronous method costs a short process milliseconds to compile.
        Aggregator aggregator = new(request);
        return Task.Run(() => aggregator.Run(token), token);
    }

    private Aggregate Run(CancellationToken token)
    {
        Grouping grouping = _request.Groups ?? Grouping.Create(_request, token);
        TaskSet? wanted = Wanted();
        Reading reading = _request.Source switch
        {
            ResultFiles files => ReadFiles(files, grouping, wanted, token),
            PackedResults packed => ReadPacked(packed, grouping, wanted, token),
            _ => throw new HpcException(ErrorCode.Internal, $"Results of the kind {_request.Source.GetType().Name} cannot be read."),
        };
        ReductionWorker whole = reading.Workers[0];
        foreach (ReductionWorker worker in reading.Workers.AsSpan(1))
        {
            whole.Reduction.Merge(worker.Reduction);
            whole.Digest.Merge(worker.Digest);
        }
        AggregateGroup[] groups = Summarize(grouping, whole.Reduction, token);
        return new Aggregate
        {
            RunId = _request.RunId,
            CmdSha = _request.CmdSha,
            IdentitySha = _request.IdentitySha,
            GroupBy = _request.GroupBy,
            TaskCount = _request.TaskCount,
            UsedCount = reading.Used.Count(),
            InputDigest = whole.Digest.ToString(),
            MissingTaskIds = reading.Used.Absent(),
            Problems = Sorted(reading.Problems),
            Groups = groups,
        };
    }

    private Reading ReadFiles(ResultFiles files, Grouping grouping, TaskSet? wanted, CancellationToken token)
    {
        TaskSet used = new(_request.TaskCount);
        ResultFileReader reader = new(files, _request, grouping, wanted, used);
        ReductionWorker[] workers = Work(grouping, worker => reader.Work(worker, token), token);
        return new Reading(used, workers, ProblemsOf(workers));
    }

    private Reading ReadPacked(PackedResults packed, Grouping grouping, TaskSet? wanted, CancellationToken token)
    {
        using PackedFiles files = PackedFiles.Open(packed.Paths);
        PackedReader reader = new(files, _request, grouping, wanted);
        ReductionWorker[] workers = Work(grouping, worker => reader.Work(worker, token), token);
        if (reader.HasRepeats)
        {
            // Rare, so it may cost a second look: find each task's last record, then take only those.
            PackedIndex index = new(files, _request);
            Work(grouping, worker => index.Work(worker, token), token);
            reader = new PackedReader(files, _request, grouping, wanted, index);
            workers = Work(grouping, worker => reader.Work(worker, token), token);
        }
        List<ResultProblem> problems = ProblemsOf(workers);
        files.Locate(problems);
        return new Reading(reader.Used, workers, problems);
    }

    private ReductionWorker[] Work(Grouping grouping, Action<ReductionWorker> work, CancellationToken token)
    {
        ReductionWorker[] workers = new ReductionWorker[_threads];
        for (int i = 0; i < workers.Length; i++)
            workers[i] = new ReductionWorker(grouping.Keys.Count, _request.Probabilities.Count > 0);
        InParallel(i => work(workers[i]), token);
        return workers;
    }

    private AggregateGroup[] Summarize(Grouping grouping, Reduction reduction, CancellationToken token)
    {
        AggregateGroup[] groups = new AggregateGroup[grouping.Keys.Count];
        double[] probabilities = [.. _request.Probabilities];
        int next = -1;
        InParallel(
            _ =>
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
            token);
        return groups;
    }

    /// <summary>Runs a body once for each thread. Bodies share their work, so that it does not matter if there are fewer threads.</summary>
    private void InParallel(Action<int> body, CancellationToken token)
    {
        try
        {
            Parallel.For(0, _threads, new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = token }, body);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
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

    private sealed record Reading(TaskSet Used, ReductionWorker[] Workers, List<ResultProblem> Problems);
}
