using System.Collections;

namespace HpcAgent.Engine.Tasks;

/// <summary>One axis of a grid: a parameter and its values.</summary>
internal sealed record GridAxis(string Name, object?[] Values)
{
    /// <summary>Reads axes from a map; a scalar or a map as value is an axis of one value.</summary>
    public static GridAxis[] Read(IEnumerable<KeyValuePair<string, object?>> axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        var read = axes.Select(axis => new GridAxis(axis.Key, ValuesOf(axis.Key, axis.Value))).ToArray();
        if (read.Length == 0)
            throw TaskError.Invalid("The grid has no axes.", "Give at least one axis, such as lr = 0.1, 0.01.");
        if (ParameterMap.FirstDuplicate(Array.ConvertAll(read, axis => axis.Name)) is { } twice)
            throw TaskError.Invalid($"The axis '{twice}' is given twice.", "Give each axis once, with all its values.");
        return read;
    }

    private static object?[] ValuesOf(string name, object? value)
    {
        object?[] values = ParameterValue.IsScalar(value) || ParameterValue.Normalize(value) is ParameterMap
            ? [ParameterValue.Normalize(value)]
            : [.. ((IEnumerable)value!).Cast<object?>().Select(item => ParameterValue.Normalize(item))];
        return values.Length > 0
            ? values
            : throw TaskError.Invalid($"The axis '{name}' has no values.", "Give it at least one value, or leave the axis out.");
    }
}
