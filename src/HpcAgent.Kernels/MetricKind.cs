namespace HpcAgent.Kernels;

/// <summary>What a leaf of a metrics document is.</summary>
public enum MetricKind
{
    /// <summary>A finite number.</summary>
    Number,

    /// <summary>Not a number.</summary>
    NaN,

    /// <summary>An infinity, or a number beyond the range of a double.</summary>
    Infinite,

    /// <summary>Text, true, false or a list.</summary>
    Text,

    /// <summary>Null.</summary>
    Null,
}
