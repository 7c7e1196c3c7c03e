namespace HpcAgent.Benchmarks;

/// <summary>The programs that are measured beside ours.</summary>
internal static class Peers
{
    /// <summary>Whether a program can be run.</summary>
    public static bool IsThere(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Name and version of each that is there.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> VersionsAsync(Settings settings)
    {
        Dictionary<string, string> versions = new(StringComparer.Ordinal) { [".NET"] = Environment.Version.ToString() };
        foreach ((string name, string[] command) in new (string, string[])[]
        {
            ("xargs", ["xargs", "--version"]), ("python3", ["python3", "--version"]), ("node", ["node", "--version"]),
            ("PowerShell", ["pwsh", "--version"]), ("jq", ["jq", "--version"]), ("parallel", ["parallel", "--version"]), ("kernel", ["uname", "-sr"]),
        })
        {
            if (IsThere(command[0])) versions[name] = (await Child.RunAsync(command[0], command[1..])).Output.Split('\n')[0].Trim();
        }
        if (settings.DuckDb is { } folder)
            versions["DuckDB"] = (await Child.RunAsync("node", [Path.Combine(folder, "duckdb.mjs"), "version"])).Output.Trim();
        return versions;
    }
}
