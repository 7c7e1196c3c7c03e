using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>Peak resident memory as Linux counts it.</summary>
internal static class OwnMemory
{
    /// <summary>The peak of a process in bytes; 0 where that cannot be read.</summary>
    public static long PeakBytes(string pid = "self")
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{pid}/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            // It has ended.
        }
        return 0;
    }
}
