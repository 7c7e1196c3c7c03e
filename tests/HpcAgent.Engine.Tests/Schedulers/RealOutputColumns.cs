using System.Text.RegularExpressions;
using static HpcAgent.Engine.Tests.Schedulers.Arrays;

namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>Puts the columns of a real output into the order in which the product asks for them; the fields stay as they came.</summary>
internal static class RealOutputColumns
{
    private const char Unit = '\u001f';

    private static readonly string[] s_sacctDefault = ["JobID", "JobName", "Partition", "Account", "AllocCPUS", "State", "ExitCode"];

    /// <summary>The columns that the product asks sacct for.</summary>
    public static string[] Asked { get; } =
        Regex.Match(Slurm.AccountingQuery(["1"], DateTimeOffset.UnixEpoch), @"-o (?<columns>\w+(,\w+)*)").Groups["columns"].Value.Split(',');

    /// <summary>Rows of sacct -P.</summary>
    public static (string Text, int RowCount) OfSacct(string command, string text)
    {
        List<string> lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        char separator = command.Contains("x1f", StringComparison.Ordinal) ? Unit : '|';
        string[] columns = Regex.Match(command, @"-o (?<c>[\w,]+)") is { Success: true } match ? match.Groups["c"].Value.Split(',') : s_sacctDefault;
        if (!command.Contains(" -n ", StringComparison.Ordinal) && lines.Count > 0) lines.RemoveAt(0);
        IEnumerable<string> rows = lines.Select(line => line.Split(separator)).Select(fields =>
            string.Join(Unit, Asked.Select(name => Array.IndexOf(columns, name) is var at and >= 0 && at < fields.Length ? Field(name, fields[at]) : "")));
        return (string.Join('\n', rows), lines.Count);
    }

    /// <summary>Rows of squeue -o.</summary>
    public static (string Text, int RowCount) OfSqueue(string command, string text)
    {
        string format = Regex.Match(command, "-o ['\"](?<f>[^'\"]+)['\"]").Groups["f"].Value;
        if (format.Length == 0) return (text, 0);
        char separator = format[2];
        string[] columns = format.Split(separator);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> rows = lines.Select(line => line.Split(separator)).Select(fields =>
        {
            string Get(string code) => Array.IndexOf(columns, code) is var at and >= 0 ? fields[at] : "";
            string[] id = Get("%i").Split('_');
            string elements = Get("%K") is { Length: > 0 } given ? given : id.Length > 1 ? id[1] : "N/A";
            return string.Join(Unit, id[0], elements, Get("%T"), Get("%r"), Get("%j"));
        });
        return (string.Join('\n', rows), lines.Length);
    }

    // The samples were taken without SLURM_TIME_FORMAT=%s: digits alone sort alike.
    private static string Field(string name, string value) =>
        name is "Start" or "Submit" && value.Length > 4 && char.IsAsciiDigit(value[0]) ? string.Concat(value.Where(char.IsAsciiDigit)) : value;
}
