using System.Text.Json;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Runs;

internal static class Samples
{
    public static readonly RunPlan Plan = new()
    {
        Cluster = "discovery",
        TaskCount = 5,
        TasksPerElement = 2,
        MaxConcurrentCount = 4,
        Arrays = [new(0, 0, 3, 2, 0), new(1, 3, 2, 1, 1, 0)],
        Resources = new() { Cpus = 2, MemoryBytes = 8L << 30, Walltime = TimeSpan.FromHours(49), Gpus = 1 },
        Strategy = "2 arrays",
        EstimatedElapsed = TimeSpan.FromSeconds(90.5),
        Assumptions = ["MaxArraySize 1001"],
    };

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public static Sidecar Sidecar(string runId, string identity = "f00d", DateTimeOffset? at = null) => new()
    {
        RunId = runId,
        CmdSha = "b6e09a261e4d3e9c",
        AgentVersion = "0.1.0",
        SubmittedAt = at ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Executor = "python3 train.py --lr \"$HPC_KW_LR\"",
        ResultDirTemplate = ".hpc/runs/{run_id}/results/{task_id}",
        TaskCount = 5,
        WaveMap = new Dictionary<int, IReadOnlyList<TaskIdRange>> { [0] = [new(0, 3)], [1] = [new(3, 2)] },
        Cluster = "discovery",
        Profile = "small",
        Project = "proj",
        RemotePath = "/scratch/u/exp é",
        CampaignId = "c1",
        Resources = Json("""{"cpus":2,"mem":"8G"}"""),
        Env = Json("""{"modules":["python/3.11"]}"""),
        MaxRetries = 3,
        ParentRunIds = ["p1"],
        IdentitySha = identity,
        CodeDigest = "c0de",
        Snapshot = ".hpc/snapshots/c0de",
        Command = "python3 train.py --lr {lr}",
        CommandKind = CommandKind.Command,
        Shell = "bash",
        Plan = Plan,
        Tokens = ["t0", "t1"],
        RequestId = "r1",
    };

    public static IntentEvent Intent(string identity = "f00d", params string[] tokens) => new()
    {
        IdentitySha = identity,
        Tokens = tokens.Length == 0 ? ["t0", "t1"] : tokens,
        CmdSha = "b6e09a261e4d3e9c",
        Cluster = "discovery",
        Profile = "small",
        TaskCount = 5,
        Command = "python3 train.py --lr {lr}",
        RemotePath = "/scratch/u/exp",
        ResultPath = "/scratch/u/exp/.hpc/runs/r/results",
        Plan = Plan,
    };
}
