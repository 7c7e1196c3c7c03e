using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Healing;

/// <summary>Where tasks run again, such as on nodes with larger graphics processors. What is null stays as the run asked for.</summary>
/// <param name="Partition">Slurm's partition.</param>
/// <param name="Qos">Slurm's quality of service.</param>
/// <param name="Constraint">Slurm's constraint.</param>
/// <param name="Queue">Grid Engine's queue.</param>
/// <param name="GpuType">The type of graphics processor.</param>
public sealed record RetryPlace(string? Partition = null, string? Qos = null, string? Constraint = null, string? Queue = null, string? GpuType = null)
{
    /// <summary>The names of its parts, in JSON and in a plan.</summary>
    public static IReadOnlyList<string> Names { get; } = ["partition", "qos", "constraint", "queue", "gpu_type"];

    /// <summary>Nothing else than the run asked for.</summary>
    public static RetryPlace Same { get; } = new();

    /// <summary>The place that a plan names.</summary>
    /// <param name="options">Its options, or null.</param>
    public static RetryPlace Of(IReadOnlyDictionary<string, string>? options) => options is null
        ? Same
        : options.Aggregate(Same, (place, option) => place.With(option.Key, option.Value));

    /// <summary>The place with one part given.</summary>
    /// <param name="name">One of <see cref="Names"/>; another changes nothing.</param>
    /// <param name="value">The part.</param>
    public RetryPlace With(string name, string value) => name switch
    {
        "partition" => this with { Partition = value },
        "qos" => this with { Qos = value },
        "constraint" => this with { Constraint = value },
        "queue" => this with { Queue = value },
        "gpu_type" => this with { GpuType = value },
        _ => this,
    };

    /// <summary>This place where it says something, else another.</summary>
    /// <param name="other">The other.</param>
    public RetryPlace Over(RetryPlace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Partition ?? other.Partition, Qos ?? other.Qos, Constraint ?? other.Constraint, Queue ?? other.Queue, GpuType ?? other.GpuType);
    }

    /// <summary>What the scheduler is asked for there.</summary>
    /// <param name="options">What the run asked for.</param>
    public SchedulerOptions ApplyTo(SchedulerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Partition = Partition ?? options.Partition,
            Qos = Qos ?? options.Qos,
            Constraint = Constraint ?? options.Constraint,
            Queue = Queue ?? options.Queue,
            GpuType = GpuType ?? options.GpuType,
        };
    }

    /// <summary>As a plan holds it; null if it says nothing.</summary>
    public IReadOnlyDictionary<string, string>? ToOptions()
    {
        Dictionary<string, string> options = Parts().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        return options.Count == 0 ? null : options;
    }

    /// <summary>Such as <c>constraint a100_80gb, partition large</c>; empty if it says nothing.</summary>
    public override string ToString() => string.Join(", ", Parts().Select(p => $"{p.Name} {p.Value}"));

    private IEnumerable<(string Name, string Value)> Parts()
    {
        foreach ((string name, string? value) in Names.Zip([Partition, Qos, Constraint, Queue, GpuType]))
            if (value is not null) yield return (name, value);
    }
}
