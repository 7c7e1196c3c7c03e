using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace HpcAgent.Cli.Tests;

/// <summary>An experiment folder and a state folder of its own, and the real programs to run in it. Its supervisor ends with it.</summary>
public sealed partial class Sandbox : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public Sandbox(int slots = 2, double lingerSeconds = 5)
    {
        Root = Directory.CreateTempSubdirectory("hpc-agent-test-").FullName;
        Experiment = Directory.CreateDirectory(Path.Combine(Root, "my experiment's \"folder\"")).FullName;
        State = Path.Combine(Root, "state");
        Environment["HPC_JOURNAL_DIR"] = State;
        Environment["HPC_LOCAL_SLOTS"] = slots.ToString(CultureInfo.InvariantCulture);
        Environment["HPC_LOCAL_LINGER_SEC"] = lingerSeconds.ToString(CultureInfo.InvariantCulture);
        Environment["HOME"] = Path.Combine(Root, "home");
        Directory.CreateDirectory(Environment["HOME"]);
    }

    /// <summary>Where the program is; <c>HPC_TEST_CLI</c> names another folder, such as that of a native build.</summary>
    public static string CliFolder => System.Environment.GetEnvironmentVariable("HPC_TEST_CLI") is { Length: > 0 } other ? other : Metadata("CliFolder");

    public static string Cli => Path.Combine(CliFolder, "hpc-agent");

    public static string FaultClient => Path.Combine(Metadata("FaultClientFolder"), "fault-client");

    public string Root { get; }

    public string Experiment { get; }

    public string State { get; }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string LocalFolder => Directory.GetDirectories(Path.Combine(State, "local")).Single();

    public void Write(string name, string content)
    {
        string path = Path.Combine(Experiment, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary>Runs a verb and reads its one JSON line.</summary>
    public async Task<Answer> RunAsync(params string[] arguments)
    {
        (int exit, string output, string error) = await StartAsync(Cli, arguments);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length == 1, $"expected one line, got {lines.Length}: {output}\n{error}");
        using JsonDocument json = JsonDocument.Parse(lines[0]);
        return new Answer(exit, json.RootElement.Clone(), error);
    }

    public async Task<(int Exit, string Output, string Error)> StartAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Experiment,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource deadline = new(s_patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} did not end");
        }
    }

    /// <summary>The process of the supervisor, if one is at work.</summary>
    public int? SupervisorPid() => SupervisorPids().Cast<int?>().FirstOrDefault();

    public void KillSupervisor()
    {
        foreach (int pid in SupervisorPids()) Process.GetProcessById(pid).Kill();
    }

    public void Dispose()
    {
        try
        {
            KillSupervisor();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It ended by itself.
        }
        // Killed, the supervisor cannot clear its folder in memory.
        string list = Directory.Exists(Path.Combine(State, "local")) ? Path.Combine(LocalFolder, "temporary") : "";
        foreach (string folder in File.Exists(list) ? File.ReadAllLines(list) : [])
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        for (int i = 0; i < 20; i++)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
                return;
            }
            catch (IOException)
            {
                Task.Delay(50).Wait();
            }
        }
    }

    private List<int> SupervisorPids()
    {
        List<int> pids = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int pid)) continue;
            try
            {
                string command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (command.Contains("\0supervise\0", StringComparison.Ordinal) && command.Contains(State, StringComparison.Ordinal)) pids.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at.
            }
        }
        return pids;
    }

    private static string Metadata(string key) =>
        Path.GetFullPath(typeof(Sandbox).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!);
}
