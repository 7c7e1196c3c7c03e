using System.Management.Automation;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace HpcAgent.Cmdlets;

/// <summary>
/// The table of an aggregate: one row for each group. Its columns differ from run to run, so that PowerShell has a view for each set of
/// columns, registered when it first occurs in a session.
/// </summary>
internal sealed class AggregateView
{
    /// <summary>The name that all rows have, whatever their columns.</summary>
    public const string TypeName = "HpcAgent.AggregateRow";

    /// <summary>As many columns as a view shows; no screen is wide enough for more, and PowerShell takes long over thousands. The rows have all.</summary>
    private const int MostShown = 100;

    private static readonly string s_number = $"[{typeof(_Format).FullName}]::{nameof(_Format.Number)}";

    private readonly IReadOnlyList<string> _columns;
    private readonly string _type;

    private AggregateView(IReadOnlyList<string> columns)
    {
        _columns = columns;
        string digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', columns))))[..16].ToLowerInvariant();
        _type = $"{TypeName}#{digest}";
    }

    /// <summary>The view of these columns; the session knows it afterwards.</summary>
    public static AggregateView Register(PSCmdlet cmdlet, IReadOnlyList<string> columns)
    {
        AggregateView view = new(columns);
        string path = Path.Combine(ModuleContext.State().Root, "format", $"{view._type[(TypeName.Length + 1)..]}.format.ps1xml");
        try
        {
            if (!File.Exists(path)) view.Write(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a view the rows are shown as lists; that is no reason to give none.
            cmdlet.WriteVerbose($"No view for this table: {e.Message}");
            return view;
        }
        // The file stays: PowerShell reads all files of a session again whenever one is added.
        ScriptBlock register = ScriptBlock.Create(
            "param($type, $path) if (-not (Microsoft.PowerShell.Utility\\Get-FormatData -TypeName $type)) { Microsoft.PowerShell.Utility\\Update-FormatData -AppendPath $path }");
        _ = cmdlet.InvokeCommand.InvokeScript(cmdlet.SessionState, register, view._type, path);
        return view;
    }

    /// <summary>One row as an object with a property for each column.</summary>
    public PSObject Row(IReadOnlyList<object?> values)
    {
        PSObject row = new();
        row.TypeNames.Insert(0, TypeName);
        row.TypeNames.Insert(0, _type);
        for (int i = 0; i < _columns.Count; i++) row.Properties.Add(new PSNoteProperty(_columns[i], values[i]), preValidated: true);
        return row;
    }

    private void Write(string path)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        using (XmlWriter xml = XmlWriter.Create(temporary, new XmlWriterSettings { Indent = true })) WriteView(xml);
        File.Move(temporary, path, overwrite: true);
    }

    private void WriteView(XmlWriter xml)
    {
        xml.WriteStartElement("Configuration");
        xml.WriteStartElement("ViewDefinitions");
        xml.WriteStartElement("View");
        xml.WriteElementString("Name", TypeName);
        xml.WriteStartElement("ViewSelectedBy");
        xml.WriteElementString("TypeName", _type);
        xml.WriteElementString("TypeName", $"Deserialized.{_type}");
        xml.WriteEndElement();
        xml.WriteStartElement("TableControl");
        xml.WriteElementString("AutoSize", "");
        xml.WriteStartElement("TableHeaders");
        foreach (string column in _columns.Take(MostShown))
        {
            xml.WriteStartElement("TableColumnHeader");
            xml.WriteElementString("Label", column);
            xml.WriteElementString("Alignment", "Right");
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteStartElement("TableRowEntries");
        xml.WriteStartElement("TableRowEntry");
        xml.WriteStartElement("TableColumnItems");
        foreach (string column in _columns.Take(MostShown))
        {
            xml.WriteStartElement("TableColumnItem");
            xml.WriteElementString("ScriptBlock", $"{s_number}($_.'{column.Replace("'", "''", StringComparison.Ordinal)}')");
            xml.WriteEndElement();
        }
        for (int open = 0; open < 7; open++) xml.WriteEndElement();
    }
}
