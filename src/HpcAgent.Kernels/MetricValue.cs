using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>One leaf of a metrics document.</summary>
[StructLayout(LayoutKind.Auto)]
public struct MetricValue
{
    // Filled and read in place: a copy right after the fields were written one by one would stall the processor.
    internal int MetricIndex;
    internal MetricKind LeafKind;
    internal DecimalNumber Number;

    /// <summary>The index of the metric in its <see cref="MetricNames"/>.</summary>
    public readonly int Metric => MetricIndex;

    /// <summary>What it is.</summary>
    public readonly MetricKind Kind => LeafKind;

    /// <summary>The double nearest to the number, if it is a finite one; else 0.</summary>
    public readonly double Value => Number.Rounded;
}
