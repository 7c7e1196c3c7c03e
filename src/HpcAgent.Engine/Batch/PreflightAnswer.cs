using System.Globalization;
using HpcAgent.Engine.Hosts;

namespace HpcAgent.Engine.Batch;

/// <summary>Reads how a question of <see cref="PreflightScript"/> ended.</summary>
internal static class PreflightAnswer
{
    /// <summary>The exit status and the whole seconds of a question; -1 and null if the answer does not say.</summary>
    public static (int Status, TimeSpan? Elapsed) End(HostAnswer answer, string name)
    {
        string[] words = answer.Text($"{name}-end").Split(' ');
        if (words.Length != 2 || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int status)) return (-1, null);
        return (status, int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null);
    }
}
