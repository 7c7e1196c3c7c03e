using System.Reflection;

namespace HpcAgent.Cli;

/// <summary>The README's experiment: polynomials of several degrees fitted to a NIST reference data set, each with cross-validation.</summary>
internal static class Quickstart
{
    /// <summary>The metric by which the best degree is chosen.</summary>
    public const string Criterion = "cv_mse";

    private const string Prefix = "quickstart/";

    /// <summary>What NIST certifies for the data set (StRD, linear regression, Pontius): a quadratic.</summary>
    public static IReadOnlyList<(string Metric, double Certified)> Certified { get; } =
    [
        ("b0", 0.673565789473684E-03),
        ("b1", 0.732059160401003E-06),
        ("b2", -0.316081871345029E-14),
        ("residual_sd", 0.205177424076185E-03),
    ];

    /// <summary>The degree of NIST's model.</summary>
    public const long CertifiedDegree = 2;

    /// <summary>Copies the experiment into a folder; files that are there and differ are left alone.</summary>
    public static void Scaffold(string folder)
    {
        Assembly assembly = typeof(Quickstart).Assembly;
        foreach (string name in assembly.GetManifestResourceNames())
        {
            // A build on Windows leaves backslashes in them.
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            string target = Path.Combine(folder, name[Prefix.Length..].Replace('\\', '/'));
            if (File.Exists(target)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using Stream content = assembly.GetManifestResourceStream(name)!;
            using FileStream file = new(target, FileMode.CreateNew);
            content.CopyTo(file);
        }
    }

    /// <summary>The group with the smallest mean of the criterion.</summary>
    public static AggregateGroup Best(Aggregate aggregate) =>
        aggregate.Groups.MinBy(g => Mean(g, Criterion) ?? double.PositiveInfinity) ?? throw new InvalidOperationException("the aggregate has no groups");

    /// <summary>The exact mean of a metric in a group.</summary>
    public static double? Mean(AggregateGroup group, string metric) => group.Metrics.FirstOrDefault(m => m.Name == metric)?.Mean;

    /// <summary>How many significant digits of a value agree with the certified one: −log10 of the relative error, 15 at most.</summary>
    public static double Digits(double value, double certified) =>
        value == certified ? 15 : Math.Min(15, -Math.Log10(Math.Abs(value - certified) / Math.Abs(certified)));
}
