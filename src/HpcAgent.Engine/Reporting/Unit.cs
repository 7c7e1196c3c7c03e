namespace HpcAgent.Engine.Reporting;

/// <summary>The unit in which an axis counts, so that its labels are plain numbers.</summary>
/// <param name="Name">The name, as it stands behind a number.</param>
/// <param name="Size">How many seconds or bytes it has.</param>
internal sealed record Unit(string Name, double Size)
{
    private static readonly Unit[] s_times = [new("ms", 0.001), new("s", 1), new("min", 60), new("h", 3600), new("d", 86400)];
    private static readonly Unit[] s_bytes = [new("B", 1), new("KB", 1024), new("MB", 1 << 20), new("GB", 1 << 30), new("TB", 1L << 40)];

    /// <summary>The unit for times of up to some seconds.</summary>
    public static Unit OfTime(double seconds) => seconds < 0.1 ? s_times[0] : s_times.Last(u => u.Size == 0.001 || seconds >= 2 * u.Size || u.Size == 1);

    /// <summary>The unit for amounts of up to some bytes.</summary>
    public static Unit OfBytes(double bytes) => s_bytes.Last(u => bytes >= u.Size || u.Size == 1);
}
