using System.Globalization;
using System.Numerics;

namespace HpcAgent.Engine.Tasks;

/// <summary>Reads a number as JSON writes it: <c>-?(0|[1-9]d*)(.d+)?([eE][+-]?d+)?</c>.</summary>
internal static class JsonNumber
{
    /// <summary>A <see cref="long"/>, <see cref="BigInteger"/> or finite <see cref="double"/>; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out object? value)
    {
        value = null;
        if (!IsNumber(text, out var integral)) return false;
        if (integral)
        {
            value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small)
                ? (object)small
                : BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return true;
        }

        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number)) return false;
        value = number;
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out bool integral)
    {
        integral = true;
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        var whole = Digits(text, ref at);
        if (whole == 0 || (whole > 1 && text[at - whole] == '0')) return false;
        if (at < text.Length && text[at] == '.')
        {
            integral = false;
            at++;
            if (Digits(text, ref at) == 0) return false;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            integral = false;
            at++;
            if (at < text.Length && text[at] is '+' or '-') at++;
            if (Digits(text, ref at) == 0) return false;
        }

        return at == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at - start;
    }
}
