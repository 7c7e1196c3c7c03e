using System.Globalization;

namespace HpcAgent.Engine.Schedulers;

/// <summary>Elements of an array at equal distances.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last; it is one of them.</param>
/// <param name="Step">The distance, at least 1.</param>
public readonly record struct ElementRange(long First, long Last, long Step)
{
    /// <summary>How many.</summary>
    public long Count => ((Last - First) / Step) + 1;

    /// <summary>True if an element is one of them.</summary>
    /// <param name="element">The element.</param>
    public bool Contains(long element) => element >= First && element <= Last && (element - First) % Step == 0;

    /// <summary>As schedulers write it: <c>7</c>, <c>5-10</c> or <c>5-11:2</c>.</summary>
    public override string ToString() =>
        First == Last ? First.ToString(CultureInfo.InvariantCulture)
        : Step == 1 ? string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}")
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}:{Step}");
}
