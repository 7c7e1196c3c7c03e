namespace HpcAgent.Kernels;

/// <summary>One leaf of a metrics document.</summary>
/// <param name="Metric">The index of the metric in its <see cref="MetricNames"/>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The number, if it is a finite one; else 0.</param>
public readonly record struct MetricValue(int Metric, MetricKind Kind, double Value);
