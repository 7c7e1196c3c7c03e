using System.Text.Json;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Looks whether the tables of the results have the columns that the run's record wants, and whether one of them has a value in every row.</summary>
internal sealed class ColumnAudit
{
    private const int MostRows = 20;

    private readonly string? _metricColumn;

    private ColumnAudit(IReadOnlyList<string> columns, string? metricColumn) => (Columns, _metricColumn) = (columns, metricColumn);

    /// <summary>The columns that every table must have.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>What a record wants of tables; null if nothing.</summary>
    /// <param name="results">The field <c>results</c> of the record: {expected_columns, metric_column}.</param>
    public static ColumnAudit? Of(JsonElement? results)
    {
        if (results is not { ValueKind: JsonValueKind.Object } wanted) return null;
        string? metric = wanted.TryGetProperty("metric_column", out JsonElement column) && column.ValueKind == JsonValueKind.String ? column.GetString() : null;
        string[] columns = wanted.TryGetProperty("expected_columns", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!)]
            : [];
        if (metric is not null) columns = [.. columns.Append(metric).Distinct(StringComparer.Ordinal)];
        return columns.Length == 0 ? null : new ColumnAudit(columns, metric);
    }

    /// <summary>Looks at every <c>*.csv</c> below a folder but those of attempts under way.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="token">Ends the reading.</param>
    /// <returns>How many tables there are, and what is wrong.</returns>
    public (long TableCount, IReadOnlyList<ColumnViolation> Violations) Look(string folder, CancellationToken token)
    {
        List<ColumnViolation> violations = [];
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MatchCasing = MatchCasing.CaseInsensitive };
        string[] paths = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.csv", options).Where(p => !Path.GetRelativePath(folder, p).Contains("_wip_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
        foreach (string path in paths)
        {
            token.ThrowIfCancellationRequested();
            try
            {
                LookAt(path, violations);
            }
            catch (Exception e) when (e is HpcException or IOException or UnauthorizedAccessException)
            {
                violations.Add(new ColumnViolation(path, null, $"it cannot be read: {e.Message}"));
            }
        }
        return (paths.Length, violations);
    }

    private void LookAt(string path, List<ColumnViolation> violations)
    {
        using StreamReader text = new(path);
        CsvReader reader = new(text, path);
        List<string> fields = [];
        if (!reader.Read(fields))
        {
            violations.Add(new ColumnViolation(path, null, "it is empty"));
            return;
        }
        foreach (string missing in Columns.Where(c => !fields.Contains(c, StringComparer.Ordinal)))
            violations.Add(new ColumnViolation(path, null, $"the column '{missing}' is missing; it has {string.Join(", ", fields)}"));
        int metric = _metricColumn is null ? -1 : fields.IndexOf(_metricColumn);
        if (metric >= 0) LookAtRows(path, reader, fields, metric, violations);
    }

    private void LookAtRows(string path, CsvReader reader, List<string> fields, int metric, List<ColumnViolation> violations)
    {
        long bad = 0;
        for (long row = 1; reader.Read(fields); row++)
        {
            string value = metric < fields.Count ? fields[metric].Trim() : "";
            if (value.Length > 0 && !value.Equals("nan", StringComparison.OrdinalIgnoreCase)) continue;
            if (++bad <= MostRows) violations.Add(new ColumnViolation(path, row, value.Length == 0 ? $"'{_metricColumn}' is blank" : $"'{_metricColumn}' is {value}"));
        }
        if (bad > MostRows) violations.Add(new ColumnViolation(path, null, FormattableString.Invariant($"'{_metricColumn}' is blank or NaN in {bad - MostRows} more rows")));
    }
}
