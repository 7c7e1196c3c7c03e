using System.Globalization;
using System.Numerics;
using System.Text;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// Writes parameter values so that two texts are equal if, and only if, type and value are: 1, 1.0 and "1" differ, and so do
/// "x y" and "x_y". Maps are equal whatever the order of their names.
/// </summary>
internal sealed class GroupKey
{
    private readonly StringBuilder _text = new();

    public void Clear() => _text.Clear();

    public override string ToString() => _text.ToString();

    /// <summary>A parameter that the task does not have, which is not the same as null.</summary>
    public void AppendAbsent() => _text.Append('-');

    public void Append(object? value)
    {
        switch (value)
        {
            case null:
                _text.Append('n');
                break;
            case bool flag:
                _text.Append(flag ? 't' : 'f');
                break;
            case long number:
                _text.Append('i').Append(CultureInfo.InvariantCulture, $"{number};");
                break;
            case BigInteger number:
                _text.Append('i').Append(CultureInfo.InvariantCulture, $"{number};");
                break;
            case double number:
                _text.Append('d').Append(CultureInfo.InvariantCulture, $"{BitConverter.DoubleToInt64Bits(number):x};");
                break;
            case string text:
                _text.Append('s').Append(CultureInfo.InvariantCulture, $"{text.Length}:").Append(text);
                break;
            case IReadOnlyDictionary<string, object?> map:
                AppendMap(map);
                break;
            case System.Collections.IEnumerable list:
                _text.Append('[');
                foreach (object? item in list)
                    Append(item);
                _text.Append(']');
                break;
            default:
                throw new HpcException(ErrorCode.Internal, $"A parameter value of type {value.GetType()} cannot be grouped by.");
        }
    }

    private void AppendMap(IReadOnlyDictionary<string, object?> map)
    {
        _text.Append('{');
        foreach (string name in map.Keys.Order(StringComparer.Ordinal))
        {
            Append(name);
            Append(map[name]);
        }
        _text.Append('}');
    }
}
