using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>What the module adds to PowerShell: to its start, and to a pipeline of 10^6 tasks.</summary>
internal sealed class ModuleCost : IFigure
{
    private const string Import = "Import-Module HpcAgent over an empty pwsh";
    private const string Empty = "pwsh that does nothing";
    private const string Share = "HpcAgent's share of New-HpcGrid | Submit-HpcRun -WhatIf";
    private const string Whole = "New-HpcGrid | Submit-HpcRun -WhatIf";
    private const string Script = "script that makes objects | ForEach-Object { }";
    private const string Memory = "its whole process at the most";

    public string Name => "module";

    public string About => "What the module adds to PowerShell: to its start, and to a pipeline of 10^6 tasks.";

    public bool IsExtra => false;

    public IEnumerable<Row> Rows =>
    [
        new("PowerShell's start", Import, null, "ms", 250),
        new("PowerShell's start", Import, Empty, "ms"),
        new("10^6 tasks in a pipeline", Share, Script, "s", 0.5),
        new("10^6 tasks in a pipeline", Whole, Script, "s"),
        new("10^6 tasks in a pipeline", Memory, null, "MB", 400),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        if (!Peers.IsThere("pwsh")) return;
        string import = $"Import-Module '{settings.Module}'";
        Samples starts = new();
        for (int i = 0; i < (settings.IsQuick ? 3 : 11); i++)
        {
            starts.Add(Empty, (await ShellAsync(settings, "1")).Wall * 1000);
            starts.Add(Import, (await ShellAsync(settings, $"{import}; 1")).Wall * 1000);
        }
        double empty = Samples.Median(starts.Of(Empty));
        samples.Add(Empty, empty);
        samples.Add(Import, Samples.Median(starts.Of(Import)) - empty);

        int side = settings.IsQuick ? 100 : 1000;
        string grid = string.Create(CultureInfo.InvariantCulture, $"New-HpcGrid ([ordered]@{{ lr = 1..{side}; seed = 1..{side} }})");
        samples.Add(Script, await SecondsAsync(settings, import, string.Create(
            CultureInfo.InvariantCulture, $"& {{ foreach ($l in 1..{side}) {{ foreach ($s in 1..{side}) {{ [pscustomobject]@{{ lr = $l; seed = $s }} }} }} }} | ForEach-Object {{ }}")));
        // The same pipeline with a cmdlet at its end that only takes what comes.
        double transport = await SecondsAsync(settings, import, $"{grid} | Select-Object -Last 1");
        double whole = await SecondsAsync(settings, import, $"{grid} | Submit-HpcRun 'echo {{lr}} {{seed}}' -WhatIf", samples);
        samples.Add(Whole, whole);
        samples.Add(Share, whole - transport);
    }

    private static async Task<double> SecondsAsync(Settings settings, string import, string pipeline, Samples? memory = null)
    {
        // Twice: what is compiled while it runs first is not the pipeline's cost.
        Measured run = await ShellAsync(
            settings, $"{import}; $t = 0; foreach ($i in 1..2) {{ $t = (Measure-Command {{ {pipeline} | Out-Null }}).TotalSeconds }}; $t.ToString([cultureinfo]::InvariantCulture)", memory is not null);
        memory?.Add(Memory, run.PeakBytes / 1048576.0);
        return double.Parse(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture);
    }

    private static Task<Measured> ShellAsync(Settings settings, string code, bool watchMemory = false)
    {
        string work = Path.Combine(settings.Work, "module");
        _ = Directory.CreateDirectory(work);
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["HPC_JOURNAL_DIR"] = Path.Combine(settings.Work, "module-state") };
        return Child.RunAsync("pwsh", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", $"Set-Location '{work}'; {code}"], environment, watchMemory);
    }
}
