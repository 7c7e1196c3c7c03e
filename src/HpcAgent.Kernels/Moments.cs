namespace HpcAgent.Kernels;

/// <summary>The statistics of weighted values, each the correctly rounded value of the exact one.</summary>
internal sealed record Moments
{
    /// <summary>The number of values.</summary>
    public required long Count { get; init; }

    /// <summary>Σw.</summary>
    public required double Weight { get; init; }

    /// <summary>Σwx.</summary>
    public required double Sum { get; init; }

    /// <summary>Σwx/Σw; null if no value has weight.</summary>
    public double? Mean { get; init; }

    /// <summary>(Σw·Σwx² − (Σwx)²) / ((Σw)² − Σw²); null with fewer than two values that have weight.</summary>
    public double? Variance { get; init; }

    /// <summary>The square root of the exact variance.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>√(variance · Σw²) / Σw, of the exact variance.</summary>
    public double? StandardError { get; init; }

    /// <summary>The smallest value, of whatever weight; −0 is below +0.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value, of whatever weight.</summary>
    public double? Max { get; init; }
}
