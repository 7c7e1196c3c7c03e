using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Clusters;

/// <summary>
/// What operations need of a cluster. Two kinds exist by design: the embedded scheduler of this machine, and a batch system reached
/// through a host and a dialect. Nothing above this line knows which one it has.
/// </summary>
public interface ICluster
{
    /// <summary>The name under which the user knows it.</summary>
    string Name { get; }

    /// <summary>The kind of scheduler: <c>local</c>, <c>slurm</c> or <c>sge</c>.</summary>
    string Scheduler { get; }

    /// <summary>Shell text that the site wants before every task, such as the loading of modules; ends in a newline or is empty.</summary>
    string Preamble => "";

    /// <summary>True if tasks share this machine's files and its user's environment.</summary>
    bool IsThisMachine => false;

    /// <summary>How many questions its scheduler may be asked an hour while runs are watched; null where questions are free.</summary>
    QueryBudget? Budget => null;

    /// <summary>Where the runs of an experiment live if the request does not say.</summary>
    /// <param name="experimentPath">The user's folder.</param>
    string DefaultRemotePath(string experimentPath);

    /// <summary>Lays the tasks out within the cluster's limits, without any connection.</summary>
    /// <param name="taskCount">How many tasks.</param>
    /// <param name="request">What they ask for.</param>
    /// <exception cref="HpcException">The cluster can never run such a task.</exception>
    RunPlan Plan(long taskCount, PlanRequest request);

    /// <summary>What the cluster has told of the room where a run is to live, without any connection; null where room is nobody's question.</summary>
    /// <param name="remotePath">Where it is to live.</param>
    KnownRoom? FindRoom(string remotePath) => null;

    /// <summary>The most memory and time that one task can ask for, as far as the cluster's limits are known; what is not known is null.</summary>
    /// <param name="options">What else is asked of the scheduler.</param>
    ResourceRequest Largest(SchedulerOptions options);

    /// <summary>Sends a run. Doing it again after a crash finishes what was begun and submits nothing twice.</summary>
    /// <param name="package">Everything that goes along.</param>
    /// <param name="accepted">Told of each array as the scheduler takes it: the index of the array and its id.</param>
    /// <param name="steps">Told of each step.</param>
    /// <param name="cancellationToken">Cancels between the steps, never in the middle of one.</param>
    Task<Wire> SubmitAsync(
        RunPackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken);

    /// <summary>Sends tasks of a run again, in arrays of their own. Doing it again after a crash finishes what was begun and submits nothing twice.</summary>
    /// <param name="package">What is sent.</param>
    /// <param name="accepted">Told of each array as the scheduler takes it: its place in the package and its id.</param>
    /// <param name="steps">Told of each step.</param>
    /// <param name="cancellationToken">Cancels between the steps, never in the middle of one.</param>
    Task<Wire> ResumeAsync(
        ResumePackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken);

    /// <summary>Learns what planning needs to know of the cluster, if that is not known or too old.</summary>
    /// <param name="isFresh">True to ask in any case.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcException">The cluster cannot be asked.</exception>
    Task PrepareAsync(bool isFresh, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A view of a run of which nothing has been seen.</summary>
    /// <param name="record">The run.</param>
    RunView View(RunRecord record) => new(record, new RunLayout(record.Run.RemotePath, record.Run.RunId));

    /// <summary>Looks at runs, all in one execution, and makes results readable on this machine, in the layout of the views.</summary>
    /// <param name="views">What is known so far of each; it is brought up to date.</param>
    /// <param name="results">The results wanted, or null for none. They are fetched of one run at a time.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    Task<Wire> ObserveAsync(IReadOnlyList<RunView> views, ResultSelection? results, CancellationToken cancellationToken);

    /// <summary>Makes result files readable on this machine, in the layout of the view. Only those travel that are not there or have changed.</summary>
    /// <param name="view">The run, looked at before.</param>
    /// <param name="request">Which files.</param>
    /// <param name="cancellationToken">Ends the work; what came stays, and doing it again brings the rest.</param>
    /// <exception cref="HpcException">The cluster cannot be asked, or what came is damaged.</exception>
    Task<FetchResult> FetchAsync(RunView view, FetchRequest request, CancellationToken cancellationToken) => Task.FromResult(new FetchResult(0, []));

    /// <summary>Stops a run: nothing more starts, what runs is asked to end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task StopAsync(Run run, CancellationToken cancellationToken);

    /// <summary>The last lines of the logs of tasks.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tasks">The tasks, with the attempt whose log is wanted.</param>
    /// <param name="lines">How many lines of each.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    Task<IReadOnlyList<TaskLog>> ReadLogsAsync(
        Run run, IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken);

    /// <summary>Which of some files or folders are not there.</summary>
    /// <param name="run">The run.</param>
    /// <param name="paths">Each absolute on the cluster, or relative to the run's folder.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="HpcException">The cluster cannot be asked.</exception>
    Task<IReadOnlyList<string>> FindMissingAsync(Run run, IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>Runs the user's own reducer where the results are: any program that reads <c>HPC_RUN_ID</c> and writes one JSON file.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">Which, and how.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HpcException">It took too long, or ended well and wrote no valid JSON.</exception>
    Task<ReducerResult> ReduceAsync(Run run, ReducerRequest request, CancellationToken cancellationToken);

    /// <summary>Looks whether runs can be sent, in one connection and one execution. What is wrong is an answer and no error.</summary>
    /// <param name="withJob">True to run a tiny job too, which costs a second execution.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    Task<ClusterCheckup> CheckAsync(bool withJob, CancellationToken cancellationToken);

    /// <summary>What is known of the cluster without asking it.</summary>
    ClusterInfo Describe();

    /// <summary>What an ended run takes up.</summary>
    /// <param name="run">The run.</param>
    /// <param name="codeDigest">The digest of its code, or null.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken);

    /// <summary>Removes the folder of an ended run, and its code if no other run uses it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="codeDigest">The digest of its code, or null.</param>
    /// <param name="cancellationToken">Ends the work; doing it again finishes it.</param>
    Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken);
}
