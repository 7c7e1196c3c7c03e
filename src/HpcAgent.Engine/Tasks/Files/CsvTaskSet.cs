using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Tasks from a CSV file with a header. A field is typed as JSON would type it: <c>1</c> is an integer, <c>0.10</c> and <c>1e5</c> are
/// doubles, <c>true</c>, <c>false</c> and <c>null</c> are those values; everything else, such as <c>007</c>, is text.
/// Quotes make no difference.
/// </summary>
internal sealed class CsvTaskSet : TaskSet
{
    private readonly string _path;
    private readonly bool _asText;
    private readonly string[] _names;

    public CsvTaskSet(string path, bool asText)
    {
        _path = path;
        _asText = asText;
        using var text = OpenText();
        _names = ReadHeader(new(text, path));
    }

    public override long? Count => null;

    public override IReadOnlyList<string> ParameterNames => _names;

    public override IEnumerable<RunTask> Read()
    {
        using var text = OpenText();
        var reader = new CsvReader(text, _path);
        ReadHeader(reader);
        var fields = new List<string>();
        for (long id = 0; reader.Read(fields); id++)
        {
            if (fields.Count != _names.Length)
                throw Error(
                    reader.Line,
                    $"the row has {fields.Count} fields, the header {_names.Length}",
                    "Give every row as many fields as the header; put fields with commas in double quotes.");
            var values = new object?[_names.Length];
            for (var i = 0; i < values.Length; i++) values[i] = _asText ? fields[i] : Typed(fields[i]);
            yield return new(id, new ParameterMap(_names, values));
        }
    }

    private StreamReader OpenText() => new(
        _path,
        new UTF8Encoding(false, throwOnInvalidBytes: true),
        detectEncodingFromByteOrderMarks: true);

    private string[] ReadHeader(CsvReader reader)
    {
        var fields = new List<string>();
        // Windows PowerShell's Export-Csv begins with the type of the objects.
        while (reader.Read(fields) && fields[0].StartsWith("#TYPE ", StringComparison.Ordinal))
        {
        }

        if (fields.Count == 0) throw Error(1, "the file is empty", "Give a header with the parameter names, then one row for each task.");
        if (fields.Count == 1 && fields[0].AsSpan().IndexOfAny(';', '\t') >= 0)
            throw Error(reader.Line, "the header has one field, which holds a semicolon or tab", "Separate the fields with commas.");
        if (ParameterMap.FirstDuplicate(fields) is { } twice)
            throw Error(reader.Line, $"the column '{twice}' is there twice", "Rename or remove one of the two columns.");
        return [.. fields];
    }

    private static object? Typed(string field) => field switch
    {
        "true" => true,
        "false" => false,
        "null" => null,
        _ => JsonNumber.TryParse(field, out var number) ? number : field,
    };

    private HpcException Error(long line, string problem, string remedy) =>
        TaskError.Invalid(string.Create(CultureInfo.InvariantCulture, $"{_path}:{line}: {problem}."), remedy);
}
