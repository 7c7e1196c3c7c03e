using System.Globalization;

namespace HpcAgent.Engine.Local;

/// <summary>The mark beside a task's results that says which run and which attempt made them.</summary>
/// <param name="IdentitySha">The run's full identity.</param>
/// <param name="Attempt">The attempt, from 1.</param>
internal sealed record ResultStamp(string IdentitySha, int Attempt)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = ".hpc_stamp";

    /// <summary>The file whose presence says that the results are whole: it is moved last.</summary>
    public const string MarkerFile = "metrics.json";

    /// <summary>True if the folder holds whole results of this identity and attempt.</summary>
    public static bool Matches(string folder, string identitySha, int attempt)
    {
        string stamp = Path.Combine(folder, FileName);
        return File.Exists(Path.Combine(folder, MarkerFile)) && File.Exists(stamp) &&
            File.ReadAllText(stamp) == new ResultStamp(identitySha, attempt).ToText();
    }

    /// <summary>The content of the file.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{IdentitySha} {Attempt}\n");
}
