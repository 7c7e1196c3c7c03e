using System.Globalization;

namespace HpcAgent.Engine.Local;

/// <summary>What the embedded scheduler may use of this machine.</summary>
public sealed record SupervisorOptions
{
    /// <summary>Processors that tasks may occupy at once.</summary>
    public int Slots { get; init; } = Environment.ProcessorCount;

    /// <summary>Memory in bytes that the requests of running tasks may add up to.</summary>
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The largest log of one task in bytes; a task that writes more is stopped.</summary>
    public long MaxLogBytes { get; init; } = 1L << 30;

    /// <summary>How long to stay after the last run, so that the next one starts at once.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether shells fork their successors where that is possible; a new shell for each task is slower and needs less of the system.</summary>
    public bool ForksShells { get; init; } = true;

    /// <summary>
    /// Reads <c>HPC_LOCAL_SLOTS</c>, <c>HPC_LOCAL_MEMORY_BYTES</c>, <c>HPC_LOCAL_MAX_LOG_BYTES</c>, <c>HPC_LOCAL_LINGER_SEC</c> and
    /// <c>HPC_LOCAL_FORK</c> (0 for a new shell for each task).
    /// </summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    /// <exception cref="HpcException">A value is not a positive number.</exception>
    public static SupervisorOptions FromEnvironment(Func<string, string?> variable)
    {
        SupervisorOptions defaults = new();
        return defaults with
        {
            Slots = (int)Number(variable, "HPC_LOCAL_SLOTS", defaults.Slots, least: 1, most: 100_000),
            MemoryBytes = (long)Number(variable, "HPC_LOCAL_MEMORY_BYTES", defaults.MemoryBytes),
            ForksShells = variable("HPC_LOCAL_FORK") is not "0",

            MaxLogBytes = (long)Number(variable, "HPC_LOCAL_MAX_LOG_BYTES", defaults.MaxLogBytes),
            Linger = TimeSpan.FromSeconds(Number(variable, "HPC_LOCAL_LINGER_SEC", defaults.Linger.TotalSeconds)),
        };
    }

    private static double Number(Func<string, string?> variable, string name, double otherwise, double least = double.Epsilon, double most = 1e15)
    {
        string? text = variable(name);
        if (string.IsNullOrEmpty(text)) return otherwise;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most) return value;
        throw new HpcException(ErrorCode.ConfigInvalid, $"the environment variable {name} is '{text}', not a positive number", $"Set {name} to a number or remove it.");
    }
}
