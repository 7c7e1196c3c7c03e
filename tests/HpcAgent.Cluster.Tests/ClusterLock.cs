namespace HpcAgent.Cluster.Tests;

/// <summary>The test cluster for one test process alone: tests count its connections and stop its daemons.</summary>
public sealed class ClusterLock : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(25);

    private FileStream? _held;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        string folder = Environment.GetEnvironmentVariable("HPC_TEST_CLUSTER_DIR") ?? "/tmp/hpc-agent-cluster";
        if (!File.Exists(Path.Combine(folder, "env.json"))) return;
        for (long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds; ;)
        {
            try
            {
                _held = new FileStream(Path.Combine(folder, "tests.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException) when (Environment.TickCount64 < end)
            {
                await Task.Delay(500);
            }
            catch (UnauthorizedAccessException)
            {
                // Not ours: tests that need it skip.
                return;
            }
        }
    }

    /// <inheritdoc />
    public Task DisposeAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _held?.Dispose();
}
