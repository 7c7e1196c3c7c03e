using System.Diagnostics;

namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>The processes of this machine, by /proc.</summary>
internal static class Processes
{
    public static IEnumerable<string> CommandLines() => All().Select(CommandLine).Where(line => line.Length > 0);

    /// <summary>The processes that have a text in their command line.</summary>
    public static IReadOnlyList<int> With(string text) => [.. All().Where(pid => CommandLine(pid).Contains(text, StringComparison.Ordinal))];

    /// <summary>A process and all that descend from it.</summary>
    public static IReadOnlyList<int> Descendants(int root)
    {
        var parents = All().Select(pid => (Pid: pid, Parent: Parent(pid))).ToList();
        List<int> found = [root];
        for (var i = 0; i < found.Count; i++)
            found.AddRange(parents.Where(entry => entry.Parent == found[i]).Select(entry => entry.Pid));
        return found;
    }

    public static void Signal(int pid, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/kill", ["-" + signal, $"{pid}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    private static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!));

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static int Parent(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1]);
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
