using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>Every combination of the values of some axes, the last axis fastest. Holds only the axes.</summary>
public sealed class GridTaskSet : IndexedTaskSet
{
    private readonly string[] _names;

    private GridTaskSet(GridAxis[] axes, long count)
    {
        Axes = axes;
        TaskCount = count;
        _names = Array.ConvertAll(axes, axis => axis.Name);
        Strides = new long[axes.Length];
        for (var i = axes.Length - 1; i >= 0; i--)
            Strides[i] = i == axes.Length - 1 ? 1 : Strides[i + 1] * axes[i + 1].Values.Length;
    }

    /// <inheritdoc/>
    public override long TaskCount { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ParameterNames => _names;

    internal GridAxis[] Axes { get; }

    /// <summary>For each axis, by how much the task id grows when its value moves on by one.</summary>
    internal long[] Strides { get; }

    /// <summary>
    /// Makes a grid from axes in their order. A value that is a list gives the values of its axis, a scalar or map is an axis
    /// of one value.
    /// </summary>
    /// <exception cref="HpcException">There is no axis, an axis is empty or given twice, or the product exceeds 64 bits.</exception>
    public static GridTaskSet Create(IEnumerable<KeyValuePair<string, object?>> axes)
    {
        var read = GridAxis.Read(axes);
        Int128 count = 1;
        foreach (var axis in read)
        {
            count *= axis.Values.Length;
            if (count > long.MaxValue)
                throw TaskError.Invalid(
                    string.Create(CultureInfo.InvariantCulture, $"The grid has more than {long.MaxValue} tasks."), "Give fewer values.");
        }

        return new(read, (long)count);
    }

    internal override ParameterMap At(long id)
    {
        var values = new object?[Axes.Length];
        for (var i = Axes.Length - 1; i >= 0; i--)
        {
            var axis = Axes[i].Values;
            var quotient = id / axis.Length;
            values[i] = axis[id - (quotient * axis.Length)];
            id = quotient;
        }

        return new(_names, values);
    }

    internal override TaskIdentity Survey(CancellationToken cancellation) => GridSurvey.Run(this, cancellation);
}
