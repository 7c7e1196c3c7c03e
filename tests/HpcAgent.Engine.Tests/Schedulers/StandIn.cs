namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>Programs in a folder of their own that stand in for a scheduler's: they record their words or print what they are told.</summary>
internal sealed class StandIn : IDisposable
{
    private readonly TempFolder _folder = new();

    public string this[string name] => _folder[name];

    public void Program(string name, string body)
    {
        string path = _folder.Write("bin/" + name, "#!/bin/sh\n" + body + "\n");
        TempFolder.SetMode(path, 0b111_101_101);
    }

    /// <summary>A program that writes each word on a line of the file ARGV.</summary>
    public void Recorder(string name, string answer) => Program(name, $"printf '%s\\n' \"$@\" >> '{this["argv"]}'\necho '{answer}'");

    public string[] Recorded => File.Exists(this["argv"]) ? File.ReadAllLines(this["argv"]) : [];

    public async Task<(int Exit, string Output, string Errors)> RunAsync(string script)
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no /bin/sh");
        return await ChildProcess.TryRunAsync("/bin/sh", null, ["-c", $"PATH='{this["bin"]}':$PATH\n{script}\n"]);
    }

    public void Dispose() => _folder.Dispose();
}
