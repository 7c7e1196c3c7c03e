using System.Globalization;
using System.Numerics;
using System.Text;

namespace HpcAgent.Kernels.Tests;

/// <summary>Numbers as text: their exact values, by nothing but text and big integers, and random ones that hurt.</summary>
internal static class DecimalText
{
    public const int Kinds = 9;

    /// <summary>The exact value; zero if the nearest double is.</summary>
    public static Exact ValueOf(string text)
    {
        if (double.Parse(text, CultureInfo.InvariantCulture) == 0)
            return Exact.Zero;
        int e = text.IndexOfAny(['e', 'E']);
        string mantissa = e < 0 ? text : text[..e];
        int power = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            power -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }
        BigInteger digits = BigInteger.Parse(mantissa, CultureInfo.InvariantCulture);
        return power >= 0 ? new(digits * BigInteger.Pow(10, power), 1) : new(digits, BigInteger.Pow(10, -power));
    }

    public static string Next(Random random, int kind) => (random.Next(2) == 0 ? "-" : "") + kind switch
    {
        0 => Digits(random, random.Next(1, 41), random.Next(-340, 309)),
        1 => "0." + random.NextInt64(0, 100_000_000_000_000_000).ToString("D17", CultureInfo.InvariantCulture),
        2 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        3 => random.Next(1, 1000).ToString(CultureInfo.InvariantCulture) + "." + random.Next(0, 1000).ToString("D3", CultureInfo.InvariantCulture),
        4 => Digits(random, random.Next(17, 22), random.Next(-3, 3)),
        5 => new[] { "0", "0.0", "0e999999999", "1e-999999999", "4e-324", "2e-324", "1.7976931348623157e308", "1e308", "5E-324" }[random.Next(9)],
        6 => "18446744073709551615e" + random.Next(-320, 285).ToString(CultureInfo.InvariantCulture),
        7 => "9999999999999999999e" + random.Next(-30, 30).ToString(CultureInfo.InvariantCulture),
        _ => "1" + new string('0', random.Next(0, 30)) + "." + new string('0', random.Next(1, 30)) + (random.Next(2) == 0 ? "1" : ""),
    };

    /// <summary>Half of the samples cancel: what is left over is what the test is about.</summary>
    public static string[] Sample(Random random, int length, int kind)
    {
        string[] texts = [.. Enumerable.Range(0, length).Select(_ => Next(random, kind < Kinds ? kind : random.Next(Kinds)))];
        if (random.Next(2) == 0)
        {
            for (int i = 0; i + 1 < length; i += 2)
            {
                if (random.Next(8) > 0)
                    texts[i + 1] = Negated(texts[i]);
            }
            random.Shuffle(texts);
        }
        return texts;
    }

    public static string Weight(Random random) => random.Next(10) switch
    {
        0 => "0",
        1 => "1",
        2 => "1.000",
        3 => "1e3",
        4 => random.Next(1, 100_000).ToString(CultureInfo.InvariantCulture),
        5 => random.NextInt64(1L << 60, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        6 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        7 => Next(random, 0).TrimStart('-'),
        8 => "0.25",
        _ => Next(random, random.Next(Kinds)).TrimStart('-'),
    };

    private static string Negated(string text) => text[0] == '-' ? text[1..] : "-" + text;

    private static string Digits(Random random, int count, int leading)
    {
        StringBuilder digits = new();
        digits.Append((char)('1' + random.Next(9)));
        for (int i = 1; i < count; i++)
            digits.Append((char)('0' + random.Next(10)));
        int point = random.Next(1, count + 1);
        int power = leading - point + 1;
        if (point < count)
            digits.Insert(point, '.');
        // Above the range only from 1.79...e308 on.
        return digits.Append("eE"[random.Next(2)]).Append(CultureInfo.InvariantCulture, $"{Math.Min(power, 307 - point + 1)}").ToString();
    }
}
