using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace HpcAgent.Engine.Tasks;

/// <summary>Turns what languages and files give into the values that a <see cref="RunTask"/> may hold.</summary>
public static class ParameterValue
{
    private const int MaxDepth = 64;

    /// <summary>
    /// The allowed value that means the same: integers become <see cref="long"/> or <see cref="BigInteger"/>, a single or
    /// decimal the double of the same text, dates ISO text, enums their name, dictionaries a <see cref="ParameterMap"/>
    /// (a plain <see cref="Hashtable"/> sorted by name, since its own order is random), sequences a list.
    /// </summary>
    /// <exception cref="HpcException">The type has no such meaning, or the value is nested deeper than 64 levels.</exception>
    public static object? Normalize(object? value) => Normalize(value, 0);

    /// <summary>The value of a JSON element.</summary>
    /// <exception cref="HpcException">A key is given twice, or the nesting is deeper than 64 levels.</exception>
    public static object? FromJson(JsonElement element) => JsonReader.Parse(element.GetRawText());

    /// <summary>Whether <see cref="Normalize(object?)"/> would give neither a list nor a map, and no error.</summary>
    public static bool IsScalar(object? value) => Scalar(value, out _);

    internal static object? Normalize(object? value, int depth)
    {
        if (Scalar(value, out var scalar)) return scalar;
        if (depth >= MaxDepth)
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"A value is nested deeper than {MaxDepth} levels.",
                "Flatten it, or pass a file.");
        return value switch
        {
            ParameterMap map => Map(map, depth),
            IReadOnlyDictionary<string, object?> map => Map(map, depth),
            IDictionary map => Map(Entries(map), depth),
            JsonElement element => FromJson(element),
            IEnumerable list => list.Cast<object?>().Select(item => Normalize(item, depth + 1)).ToArray(),
            _ => throw new HpcException(
                ErrorCode.SpecInvalid,
                $"A value of type {value!.GetType().FullName} cannot be a parameter.",
                "Give text, a number, true, false, null, or lists and maps of these."),
        };
    }

    private static bool Scalar(object? value, out object? scalar)
    {
        scalar = value switch
        {
            null or bool or long or double or string => value,
            BigInteger number => FitsLong(number) ? (object)(long)number : number,
            Enum name => name.ToString(),
            int or short or sbyte or byte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong or UInt128 or Int128 or nint or nuint => Integer(value),
            float or Half => double.Parse(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            decimal number => Decimal(number),
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
            char or TimeSpan or Guid or Version => Convert.ToString(value, CultureInfo.InvariantCulture),
            Uri address => address.OriginalString,
            _ => null,
        };
        return value is null || scalar is not null;
    }

    private static object? Integer(object value) =>
        Normalize(BigInteger.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture));

    private static bool FitsLong(BigInteger number) => number >= long.MinValue && number <= long.MaxValue;

    private static object? Decimal(decimal number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal)
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : Integer(number);
    }

    private static ParameterMap Map(IEnumerable<KeyValuePair<string, object?>> entries, int depth)
    {
        var names = new List<string>();
        var values = new List<object?>();
        foreach (var (name, value) in entries)
        {
            names.Add(name);
            values.Add(Normalize(value, depth + 1));
        }

        if (ParameterMap.FirstDuplicate(names) is { } twice)
            throw new HpcException(ErrorCode.SpecInvalid, $"The name '{twice}' is given twice in one map.", "Give each name once.");
        return new([.. names], [.. values]);
    }

    private static IEnumerable<KeyValuePair<string, object?>> Entries(IDictionary map)
    {
        var entries = map.Cast<DictionaryEntry>().Select(entry => new KeyValuePair<string, object?>(
            entry.Key as string ?? throw new HpcException(
                ErrorCode.SpecInvalid,
                $"The key '{Convert.ToString(entry.Key, CultureInfo.InvariantCulture)}' of a map is not text.",
                "Use text as keys."),
            entry.Value));
        return map is Hashtable ? entries.OrderBy(entry => entry.Key, CodePointOrder.Instance) : entries;
    }
}
