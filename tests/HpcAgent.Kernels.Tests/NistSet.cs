using System.Globalization;
using System.Numerics;

namespace HpcAgent.Kernels.Tests;

/// <summary>One of NIST's univariate reference sets (StRD): its data and certified values, as decimal text.</summary>
internal sealed record NistSet(IReadOnlyList<string> Data, string Mean, string Deviation)
{
    public static readonly string[] Names = ["Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4", "PiDigits"];

    /// <summary>The set as NIST publishes it; null if the files are not beside the repository.</summary>
    public static NistSet? Load(string name)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "HpcAgent.sln")))
            root = Path.GetDirectoryName(root);
        string path = Path.Combine(root ?? "/", "..", "shared", "data", "nist-strd", name + ".txt");
        return File.Exists(path) ? Parse(File.ReadAllLines(path)) : null;
    }

    /// <summary>The sets that are given by a rule.</summary>
    public static NistSet Build(string name) => name switch
    {
        "NumAcc1" => new(["10000001", "10000003", "10000002"], "10000002", "1"),
        "NumAcc2" => Alternating("1.2", "1.1", "1.3"),
        "NumAcc3" => Alternating("1000000.2", "1000000.1", "1000000.3"),
        "NumAcc4" => Alternating("10000000.2", "10000000.1", "10000000.3"),
        "PiDigits" => new([.. Pi(5000)], "4.53480000000000", "2.86733906028871"),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>The digits of a figure, of at most 15 significant ones, that agree with the certified value.</summary>
    public static int AgreeingDigits(string certified, double figure)
    {
        decimal expected = decimal.Parse(certified, CultureInfo.InvariantCulture);
        for (int digits = 15; digits > 0; digits--)
        {
            string format = "E" + (digits - 1).ToString(CultureInfo.InvariantCulture);
            if (expected.ToString(format, CultureInfo.InvariantCulture) == figure.ToString(format, CultureInfo.InvariantCulture))
                return digits;
        }
        return 0;
    }

    private static NistSet Parse(string[] lines)
    {
        string mean = "", deviation = "";
        List<string> data = [];
        bool inData = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("Sample Mean ", StringComparison.Ordinal) || line.StartsWith("mean ", StringComparison.Ordinal))
                mean = line[(line.IndexOfAny([':', '=']) + 1)..].Trim();
            else if (line.StartsWith("Sample Standard Deviation (", StringComparison.Ordinal))
                deviation = line[(line.IndexOf("s:", StringComparison.Ordinal) + 2)..].Trim();
            else if (line.StartsWith("standardDeviation", StringComparison.Ordinal))
                deviation = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
            else if (line is "# Data" || line.StartsWith("Data: Y", StringComparison.Ordinal))
                inData = true;
            else if (inData && double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                data.Add(line.Trim());
        }
        return new NistSet(data, mean, deviation);
    }

    private static NistSet Alternating(string first, string low, string high) =>
        new([first, .. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? low : high)], first, "0.1");

    /// <summary>The digits of π by Machin's formula, 16 arctan(1/5) − 4 arctan(1/239), with ten digits to spare.</summary>
    private static IEnumerable<string> Pi(int count)
    {
        BigInteger unit = BigInteger.Pow(10, count + 10);
        string digits = ((16 * InverseTangent(unit, 5)) - (4 * InverseTangent(unit, 239))).ToString(CultureInfo.InvariantCulture);
        // The certified values are those of NIST's own file, whose 957th digit is a 3 where π has an 8.
        return digits.Take(count).Select((digit, place) => place == 956 ? "3" : digit.ToString());
    }

    private static BigInteger InverseTangent(BigInteger unit, int denominator)
    {
        BigInteger power = unit / denominator, sum = power;
        for (int n = 3; !power.IsZero; n += 2)
        {
            power = -power / (denominator * denominator);
            sum += power / n;
        }
        return sum;
    }
}
