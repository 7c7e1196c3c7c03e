using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>What the harness was asked for.</summary>
internal sealed record Settings
{
    public int Rounds { get; private init; } = 5;

    public bool IsQuick { get; private init; }

    public bool HasAll { get; private init; }

    public string Only { get; private init; } = "";

    /// <summary>The command line as an ordinary build makes it.</summary>
    public string Plain { get; private init; } = "";

    /// <summary>The command line compiled ahead of time; it need not exist.</summary>
    public string Ahead { get; private init; } = "";

    /// <summary>Where temporary data and installed peers are.</summary>
    public string Work { get; private init; } = "";

    public string Output { get; private init; } = "";

    /// <summary>Where the page for people is written; empty for none.</summary>
    public string Document { get; private init; } = "";

    /// <summary>The manifest of the PowerShell module.</summary>
    public string Module { get; private init; } = "";

    /// <summary>In which form the command line is measured.</summary>
    public string Form => !File.Exists(Ahead) ? "plain build"
        : File.Exists(Ahead + ".dll") ? "compiled ahead (ReadyToRun)" : "one native file (PublishAot)";

    /// <summary>The fastest build of the command line that there is.</summary>
    public string Cli => File.Exists(Ahead) ? Ahead : Plain;

    /// <summary>The folder of DuckDB's script and package; null without it.</summary>
    public string? DuckDb =>
        Directory.Exists(Path.Combine(Work, "duckdb", "node_modules", "@duckdb", "node-api")) ? Path.Combine(Work, "duckdb") : null;

    public static Settings Parse(string[] args)
    {
        Settings settings = new();
        for (int i = 0; i < args.Length; i++)
        {
            string Next() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
            settings = args[i] switch
            {
                "--rounds" => settings with { Rounds = int.Parse(Next(), CultureInfo.InvariantCulture) },
                "--quick" => settings with { IsQuick = true, Rounds = 1 },
                "--all" => settings with { HasAll = true },
                "--only" => settings with { Only = Next() },
                "--plain" => settings with { Plain = Next() },
                "--ahead" => settings with { Ahead = Next() },
                "--work" => settings with { Work = Next() },
                "--module" => settings with { Module = Next() },
                "--document" => settings with { Document = Next() },
                "--output" => settings with { Output = Next() },
                _ => throw new ArgumentException($"unknown option {args[i]}; see the head of tests/benchmarks/run"),
            };
        }
        return settings;
    }
}
