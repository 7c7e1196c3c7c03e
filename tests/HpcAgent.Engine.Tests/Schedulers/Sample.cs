using System.Globalization;

namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>Real outputs of schedulers beside the repository, as NAME.out and NAME.err.</summary>
internal static class Sample
{
    /// <summary>Standard output; the test is skipped if the samples are not there.</summary>
    public static string Out(string kind, string name) => Read(kind, name + ".out") ?? "";

    /// <summary>Both outputs.</summary>
    public static string All(string kind, string name) => Out(kind, name) + Read(kind, name + ".err");

    /// <summary>An answer as a query frames it.</summary>
    public static string Framed(string text, int status = 0) => $"{text}\nhpc-end {status}\n";

    /// <summary>All outputs of a kind, with what was run, from the index beside them.</summary>
    public static IReadOnlyList<RealOutput> Outputs(string kind)
    {
        Dictionary<string, string[]> index = Read(kind, "INDEX.tsv")!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t')).ToDictionary(row => row[0], StringComparer.Ordinal);
        List<RealOutput> outputs = [];
        foreach (string file in Directory.EnumerateFiles(Folder(kind), "*.out").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            Assert.True(index.TryGetValue(name, out string[]? row), $"{name} is not in the index");
            outputs.Add(new RealOutput(kind, name, int.Parse(row![1], CultureInfo.InvariantCulture), row[2], Out(kind, name), All(kind, name)));
        }
        return outputs;
    }

    private static string? Read(string kind, string file)
    {
        string path = Path.Combine(Folder(kind), file);
        return File.Exists(path) ? File.ReadAllText(path) : file.EndsWith(".err", StringComparison.Ordinal) ? null : throw new FileNotFoundException(path);
    }

    private static string Folder(string kind)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "HpcAgent.sln")))
            root = Path.GetDirectoryName(root);
        string folder = Path.Combine(root ?? "/", "..", "shared", "cluster", "samples", kind);
        Skip.IfNot(Directory.Exists(folder), "the real outputs of schedulers are not beside the repository");
        return folder;
    }
}
