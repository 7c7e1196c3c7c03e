using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace HpcAgent.Engine.Operations.Submit;

/// <summary>What one task asks for, in the original's words.</summary>
public sealed record SubmitResources
{
    /// <summary>Time limit in seconds.</summary>
    [Description("Time limit in seconds.")]
    [Range(1, int.MaxValue)]
    public int? WalltimeSec { get; init; }

    /// <summary>Memory in MiB.</summary>
    [Description("Memory in MiB.")]
    [Range(1, int.MaxValue)]
    public int? MemMb { get; init; }

    /// <summary>Processors.</summary>
    [Description("Processors.")]
    [Range(1, 100000)]
    public int? Cpus { get; init; }
}
