using System.Globalization;
using System.Numerics;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Types a plain YAML scalar by the core schema of YAML 1.2: <c>no</c> and <c>on</c> are text, <c>007</c> is 7, <c>0o7</c>
/// is 7, dates are text.
/// </summary>
internal static class YamlScalar
{
    public static object? Type(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        _ => Number(text),
    };

    private static object Number(string text)
    {
        if (text.Length > 2 && text[0] == '0' && text[1] is 'o' or 'x')
            return Radix(text.AsSpan(2), text[1] == 'o' ? 8 : 16) ?? text;
        var digits = text.AsSpan(text[0] is '+' or '-' ? 1 : 0);
        if (digits.Length > 0 && digits.IndexOfAnyExceptInRange('0', '9') < 0)
            return ParameterValue.Normalize(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))!;
        return IsFloat(digits) && double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : text;
    }

    private static object? Radix(ReadOnlySpan<char> digits, int radix)
    {
        BigInteger number = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c)) return null;
            var digit = char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
            if (digit >= radix) return null;
            number = (number * radix) + digit;
        }

        return ParameterValue.Normalize(number);
    }

    // (\.d+ | d+(\.d*)?) ([eE][-+]?d+)?
    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        var whole = Digits(ref text);
        var fraction = 0;
        if (text is ['.', ..])
        {
            text = text[1..];
            fraction = Digits(ref text);
        }

        if (whole + fraction == 0) return false;
        if (text.IsEmpty) return true;
        if (text[0] is not ('e' or 'E')) return false;
        text = text[1..];
        if (text is ['+' or '-', ..]) text = text[1..];
        return Digits(ref text) > 0 && text.IsEmpty;
    }

    private static int Digits(ref ReadOnlySpan<char> text)
    {
        var count = text.IndexOfAnyExceptInRange('0', '9');
        if (count < 0) count = text.Length;
        text = text[count..];
        return count;
    }
}
