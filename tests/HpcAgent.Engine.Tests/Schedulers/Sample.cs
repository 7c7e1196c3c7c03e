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

    private static string? Read(string kind, string file)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "HpcAgent.sln")))
            root = Path.GetDirectoryName(root);
        string folder = Path.Combine(root ?? "/", "..", "shared", "cluster", "samples", kind);
        Skip.IfNot(Directory.Exists(folder), "the real outputs of schedulers are not beside the repository");
        string path = Path.Combine(folder, file);
        return File.Exists(path) ? File.ReadAllText(path) : file.EndsWith(".err", StringComparison.Ordinal) ? null : throw new FileNotFoundException(path);
    }
}
