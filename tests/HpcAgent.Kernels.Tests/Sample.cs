namespace HpcAgent.Kernels.Tests;

/// <summary>Numbers that hurt: the whole exponent range, cancellation, subnormals, runs of similar size.</summary>
internal static class Sample
{
    public static double AnyFinite(Random random)
    {
        double value;
        do
            value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        while (!double.IsFinite(value));
        return value;
    }

    public static double Next(Random random, int kind) => kind switch
    {
        0 => AnyFinite(random),
        1 => random.NextDouble(),
        2 => (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-40, 40)),
        3 => BitConverter.Int64BitsToDouble(random.NextInt64(0, 1L << random.Next(1, 54))) * (random.Next(2) == 0 ? 1 : -1),
        4 => random.Next(-1000, 1000),
        5 => (random.Next(2) == 0 ? 1 : -1) * Math.ScaleB(1 + random.NextDouble(), random.Next(1015, 1024)),
        6 => random.Next(3) == 0 ? -0.0 : random.Next(2) * double.Epsilon,
        _ => (random.Next(2) == 0 ? 1 : -1) * Math.ScaleB(1, random.Next(-1074, 1024)),
    };

    public const int Kinds = 8;

    public static double[] Array(Random random, int length, int kind)
    {
        double[] values = new double[length];
        for (int i = 0; i < length; i++)
            values[i] = Next(random, kind);
        // Half of the samples cancel: what is left over is what the test is about.
        if (random.Next(2) == 0)
        {
            for (int i = 0; i + 1 < length; i += 2)
                values[i + 1] = random.Next(8) == 0 ? values[i + 1] : -values[i];
            random.Shuffle(values);
        }
        return values;
    }

    public static void SameBits(double expected, double actual) =>
        Assert.True(
            BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual),
            $"expected {expected:R}, got {actual:R}");

    public static void SameBits(double? expected, double? actual)
    {
        Assert.Equal(expected.HasValue, actual.HasValue);
        if (expected.HasValue)
            SameBits(expected.Value, actual!.Value);
    }
}
