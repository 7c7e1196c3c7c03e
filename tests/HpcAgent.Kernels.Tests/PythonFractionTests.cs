using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HpcAgent.Kernels.Tests;

/// <summary>The same statistics by Python's rational numbers, which were written by others.</summary>
public sealed class PythonFractionTests
{
    private const string Program = """
        import sys
        from fractions import Fraction
        for line in sys.stdin:
            values = [Fraction(text) for text in line.split()]
            n, total = len(values), sum(values)
            mean = total / n
            variance = sum((x - mean) ** 2 for x in values) / (n - 1)
            print(float(total).hex(), float(mean).hex(), float(variance).hex())
        """;

    [SkippableFact]
    public async Task Sum_mean_and_variance_are_those_of_fractions()
    {
        Random random = new(31);
        string[][] samples = [.. Enumerable.Range(0, 120).Select(round => Sample(random, round))];
        string[] lines = (await RunAsync(string.Join('\n', samples.Select(sample => string.Join(' ', sample))))).Split('\n');
        for (int i = 0; i < samples.Length; i++)
        {
            MetricSummary summary = Summarize(samples[i]);
            string actual = string.Join(' ', new[] { summary.Sum, summary.Mean!.Value, summary.Variance!.Value }.Select(Hex));
            Assert.True(lines[i].Trim() == actual, $"{string.Join(' ', samples[i])}: {lines[i]} but {actual}");
        }
    }

    // Variances that overflow are an error of Python's, so the exponents stay within half the range.
    private static string[] Sample(Random random, int round) =>
    [
        .. Enumerable.Range(0, random.Next(2, 200)).Select(_ => (round % 4) switch
        {
            0 => DecimalText.Next(random, 1),
            1 => "1000000000." + random.Next(100).ToString(CultureInfo.InvariantCulture),
            2 => Scaled(random),
            _ => DecimalText.Next(random, 3),
        }),
    ];

    private static string Scaled(Random random)
    {
        string text = DecimalText.Next(random, 4);
        return text[..text.IndexOfAny(['e', 'E'])] + "e" + random.Next(-120, 120).ToString(CultureInfo.InvariantCulture);
    }

    private static MetricSummary Summarize(string[] values)
    {
        MetricsReader reader = new(new MetricNames());
        Reduction reduction = new(reader.Names, 1, keepsValues: false);
        foreach (string value in values)
        {
            Assert.True(reader.TryRead(Encoding.ASCII.GetBytes($$"""{"y": {{value}}}"""), out _));
            reduction.Add(0, reader);
        }
        return Assert.Single(reduction.Summarize(0, []));
    }

    /// <summary>As Python's float.hex.</summary>
    private static string Hex(double value)
    {
        if (value == 0)
            return double.IsNegative(value) ? "-0x0.0p+0" : "0x0.0p+0";
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xFFFFFFFFFFFFFL;
        int power = exponent == 0 ? -1022 : exponent - 1023;
        return string.Create(
            CultureInfo.InvariantCulture, $"{(bits < 0 ? "-" : "")}0x{(exponent == 0 ? 0 : 1)}.{fraction:x13}p{power:+0;-0;+0}");
    }

    private static async Task<string> RunAsync(string input)
    {
        ProcessStartInfo start = new("python3", ["-c", Program]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Skipped below.
        }
        Skip.If(process is null, "There is no python3.");
        using (process!)
        {
            Task<string> output = process!.StandardOutput.ReadToEndAsync();
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            return await output;
        }
    }
}
