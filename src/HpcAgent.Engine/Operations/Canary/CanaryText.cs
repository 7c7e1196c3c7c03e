using System.Globalization;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Measures and parameters as sentences about canaries have them.</summary>
internal static class CanaryText
{
    private const int MostCharacters = 100;

    public static string Time(TimeSpan time) => time < TimeSpan.FromSeconds(10)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##}s")
        : DurationText.Format(time);

    /// <summary>An amount of memory in whole MiB, as <see cref="MemorySize"/> reads it.</summary>
    public static string Memory(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (bytes + (1L << 20) - 1) >> 20)}M");

    public static string Task(RunTask task)
    {
        string parameters = string.Join(", ", task.Parameters.Select(p => $"{p.Key}={PlainText.Of(p.Value)}")).ReplaceLineEndings(" ");
        if (parameters.Length > MostCharacters) parameters = string.Concat(parameters.AsSpan(0, MostCharacters), "...");
        return string.Create(CultureInfo.InvariantCulture, $"task {task.Id} ({parameters})");
    }

    /// <summary>The last lines of a log.</summary>
    public static string Tail(string log, int lines)
    {
        string[] all = log.TrimEnd().Split('\n');
        return string.Join('\n', all.AsSpan(Math.Max(0, all.Length - lines)).ToArray());
    }
}
