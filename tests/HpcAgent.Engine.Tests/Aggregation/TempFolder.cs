namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hpc-aggregation-").FullName;

    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string PathOf(long task) => System.IO.Path.Combine(Path, $"{task / 1000}", $"{task}", "metrics.json");

    public void WriteMetrics(long task, string text) => Write($"{task / 1000}/{task}/metrics.json", text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
