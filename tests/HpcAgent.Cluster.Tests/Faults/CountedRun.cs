namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>A run whose tasks write down that they ran, each attempt one line, so that a test can count what really happened.</summary>
internal sealed class CountedRun
{
    private readonly ClusterSandbox _sandbox;
    private readonly string _log;
    private readonly int _tasks;

    /// <param name="sandbox">Where.</param>
    /// <param name="tag">Tells the runs of one sandbox apart.</param>
    /// <param name="tasks">How many tasks.</param>
    /// <param name="runId">A name, or null for one that is made.</param>
    /// <param name="remotePath">The folder on the cluster, or null for the usual one.</param>
    /// <param name="qos">A quality of service.</param>
    /// <param name="partition">A partition.</param>
    /// <param name="command">What each task does first.</param>
    public CountedRun(ClusterSandbox sandbox, string tag, int tasks = 6, string? runId = null, string? remotePath = null, string? qos = null, string? partition = null, string command = "true")
    {
        (_sandbox, _tasks) = (sandbox, tasks);
        _log = $"{remotePath ?? sandbox.Scratch}/log-{tag}";
        Dictionary<string, object> spec = new(StringComparer.Ordinal)
        {
            ["cluster"] = "site",
            ["command"] = $"{command}; " + "echo \"{i} $HPC_ATTEMPT\" >> {log}; echo \"{{\\\"id\\\": $HPC_TASK_ID}}\" > \"$RESULT_DIR/metrics.json\"",
            ["tasks"] = Enumerable.Range(0, tasks).Select(i => new { i, log = _log }).ToArray(),
            ["walltime"] = "5m",
            ["memory"] = "64M",
            ["tasks_per_element"] = 1,
        };
        if (runId is not null) spec["run_id"] = runId;
        if (remotePath is not null) spec["remote_path"] = remotePath;
        if (qos is not null) spec["qos"] = qos;
        if (partition is not null) spec["partition"] = partition;
        SpecPath = sandbox.WriteSpec(spec);
    }

    public string SpecPath { get; }

    public Task<Answer> SubmitAsync() => _sandbox.SubmitFileAsync(SpecPath);

    /// <summary>Submits; it must be taken.</summary>
    public async Task<Answer> SubmitWellAsync(string context = "")
    {
        Answer submitted = await SubmitAsync();
        Assert.True(submitted.IsOk, $"{context}: {submitted.Json}");
        return submitted;
    }

    /// <summary>Waits for the end: each task ran once, each array is one job, and the record says so.</summary>
    public async Task AssertHappenedOnceAsync(Answer submitted, int arrays, string context = "")
    {
        Answer end = await _sandbox.WaitAsync(submitted.RunId);
        Assert.True(end.State == "complete", $"{context}: {end.Json}");
        Assert.Equal(Enumerable.Range(0, _tasks).Select(i => $"{i} 1").Order(StringComparer.Ordinal), Ran().Order(StringComparer.Ordinal));
        await _sandbox.AssertEachArrayIsOneJobAsync(submitted, arrays);
        Answer again = await SubmitWellAsync(context);
        Assert.True(again.Data.GetProperty("deduped").GetBoolean());
        Assert.Equal(submitted.RunId, again.RunId);
    }

    /// <summary>The tasks and attempts that ran so far.</summary>
    public string[] Ran() => File.Exists(_log) ? File.ReadAllLines(_log) : [];
}
