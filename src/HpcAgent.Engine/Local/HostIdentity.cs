namespace HpcAgent.Engine.Local;

/// <summary>Which machine this is, and which of its boots: a process id means something only within one boot.</summary>
public static class HostIdentity
{
    /// <summary>The name of the machine.</summary>
    public static string Name { get; } = Environment.MachineName;

    /// <summary>A short id of the current boot.</summary>
    public static string Boot { get; } = ReadBoot();

    private static string ReadBoot()
    {
        const string linux = "/proc/sys/kernel/random/boot_id";
        if (File.Exists(linux)) return File.ReadAllText(linux)[..8];
        // Elsewhere the time of the boot, to ten seconds, identifies it.
        long boot = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (Environment.TickCount64 / 1000);
        return (boot / 10).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
