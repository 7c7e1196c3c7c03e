namespace HpcAgent.Engine.Tasks;

/// <summary>Writes the shell text of one task.</summary>
internal sealed class TaskRecordWriter(string folder, TaskTableOptions options)
{
    private readonly HashSet<string> _byFile = new(options.FileParameters, StringComparer.Ordinal);
    private readonly ByteBuffer _value = new();
    private readonly List<Variable[]> _layouts = [];
    private Variable[] _layout = [];
    private string[] _names = [];

    /// <summary>How many files were written for large values.</summary>
    public long LargeFileCount { get; private set; }

    public void Write(ByteBuffer target, RunTask task)
    {
        var map = ParameterMap.Create(task.Parameters);
        if (!map.Names.AsSpan().SequenceEqual(_names)) _layout = LayoutOf(_names = map.Names);
        WriteParameters(target, task.Id, map);
        target.Append((byte)'\n');
        var exports = 0;
        for (var i = 0; i < map.Names.Length; i++) exports += WriteValue(target, task.Id, _layout[i], map.Items[i], exports == 0);
        if (exports > 0) target.Append((byte)'\n');
        if (options.ResultFolder is { } folderOf) WriteResultFolder(target, folderOf(task));
        // Last of all, so that a failure to write is the record's exit status.
        foreach (var variable in _layout)
            if (variable.ByFile is not null && !IsLarge(map[variable.Name])) target.Append(variable.ByFile);
        if (options.MarksEnd) target.AppendText(FormattableString.Invariant($"#{task.Id}\n"));
    }

    /// <summary>The JSON without apostrophes between two of them, or the path of a file if it is large.</summary>
    private void WriteParameters(ByteBuffer target, long id, ParameterMap map)
    {
        var start = target.Length;
        target.Append(TaskTable.InlineParameters);
        var json = target.Length;
        JsonEncoder.Write(target, map, JsonStyle.Record);
        if (target.Length - json <= CommandTemplate.LargeValueBytes)
        {
            target.Append((byte)'\'');
            return;
        }

        var name = FormattableString.Invariant($"{id}.params.json");
        WriteFile(name, target.Written[json..]);
        target.Truncate(start);
        target.Append(TaskTable.FileParameters);
        target.AppendText(name);
        target.Append((byte)'\'');
    }

    private int WriteValue(ByteBuffer target, long id, Variable variable, object? value, bool first)
    {
        _value.Clear();
        PlainText.Write(_value, value);
        if (_value.Length > CommandTemplate.LargeValueBytes)
        {
            var name = FormattableString.Invariant($"{id}.{variable.FileStem}");
            WriteFile(name, _value.Written);
            target.Append(first ? "export "u8 : " "u8);
            target.AppendText($"{ParameterNames.FileVariableFor(variable.Name)}=\"${{{TaskTable.FolderVariable}}}\"'/{TaskTable.LargeFolder}/{name}'");
            return 1;
        }

        target.Append(first ? "export "u8 : " "u8);
        target.Append(variable.Assignment);
        AppendQuoted(target, _value.Written);
        if (variable.BareAssignment is null) return 1;
        target.Append(variable.BareAssignment);
        AppendQuoted(target, _value.Written);
        return 1;
    }

    private void WriteResultFolder(ByteBuffer target, string resultFolder)
    {
        target.AppendText($"{TaskTable.ResultFolderVariable}=");
        _value.Clear();
        _value.AppendText(resultFolder);
        AppendQuoted(target, _value.Written);
        target.Append((byte)'\n');
    }

    private static bool IsLarge(object? value) =>
        value is not (null or bool or long or double) && System.Text.Encoding.UTF8.GetByteCount(PlainText.Of(value)) > CommandTemplate.LargeValueBytes;

    private static void AppendQuoted(ByteBuffer target, ReadOnlySpan<byte> value)
    {
        target.Append((byte)'\'');
        while (value.IndexOf((byte)'\'') is >= 0 and var apostrophe)
        {
            target.Append(value[..apostrophe]);
            target.Append("'\\''"u8);
            value = value[(apostrophe + 1)..];
        }

        target.Append(value);
        target.Append((byte)'\'');
    }

    private void WriteFile(string name, ReadOnlySpan<byte> content)
    {
        var large = Path.Combine(folder, TaskTable.LargeFolder);
        Directory.CreateDirectory(large);
        using var stream = File.Create(Path.Combine(large, name));
        stream.Write(content);
        LargeFileCount++;
    }

    private Variable[] LayoutOf(string[] names)
    {
        foreach (var known in _layouts)
            if (known.Length == names.Length && known.Select(variable => variable.Name).SequenceEqual(names, StringComparer.Ordinal)) return known;
        ParameterNames.Validate(names);
        var layout = Array.ConvertAll(names, name => new Variable(name, options.Bare, _byFile.Contains(name)));
        if (_layouts.Count < 64) _layouts.Add(layout);
        return layout;
    }

    /// <summary>The encoded parts of one parameter.</summary>
    private sealed class Variable
    {
        public Variable(string name, bool bare, bool byFile)
        {
            Name = name;
            FileStem = ParameterNames.UpperName(name);
            Assignment = System.Text.Encoding.ASCII.GetBytes(ParameterNames.VariableFor(name) + "=");
            if (bare && FileStem.Trim('_').Length > 0 && !char.IsAsciiDigit(FileStem[0]))
                BareAssignment = System.Text.Encoding.ASCII.GetBytes(" " + FileStem + "=");
            var file = ParameterNames.FileVariableFor(name);
            if (byFile)
                ByFile = System.Text.Encoding.ASCII.GetBytes(
                    $"{file}=\"${{{TaskTable.ScratchVariable}}}/{FileStem}\"\nprintf %s \"${{{ParameterNames.VariableFor(name)}}}\" >\"${{{file}}}\" && export {file}\n");
        }

        public string Name { get; }

        public string FileStem { get; }

        public byte[] Assignment { get; }

        public byte[]? BareAssignment { get; }

        /// <summary>Shell text that writes the value to a file of the node.</summary>
        public byte[]? ByFile { get; }
    }
}
