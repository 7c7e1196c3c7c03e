using System.Collections.ObjectModel;
using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>Opens a received file as objects: the rows of CSV, what JSON holds, and the lines of NDJSON. Other files are left alone.</summary>
internal static class ResultObjects
{
    private const string Csv = "param($p) Microsoft.PowerShell.Utility\\Import-Csv -LiteralPath $p";
    private const string Json = "param($p) Microsoft.PowerShell.Management\\Get-Content -LiteralPath $p -Raw | Microsoft.PowerShell.Utility\\ConvertFrom-Json";
    private const string Lines = "param($p) foreach ($line in [IO.File]::ReadLines($p)) { if ($line.Trim()) { $line | Microsoft.PowerShell.Utility\\ConvertFrom-Json } }";

    /// <summary>Writes the objects of a file; one that cannot be read is an error of its own.</summary>
    public static void Write(PSCmdlet cmdlet, string runId, long taskId, string path)
    {
        string? script = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" => Csv,
            ".JSON" => Json,
            ".NDJSON" or ".JSONL" => Lines,
            _ => null,
        };
        if (script is null)
        {
            cmdlet.WriteVerbose($"{path} is neither CSV nor JSON nor NDJSON, and is not opened.");
            return;
        }
        try
        {
            Collection<PSObject> found = cmdlet.InvokeCommand.InvokeScript(cmdlet.SessionState, ScriptBlock.Create(script), path);
            foreach (PSObject item in found) cmdlet.WriteObject(Labelled(item, runId, taskId, path));
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            cmdlet.WriteError(ErrorRecords.From(new HpcException(ErrorCode.OutputsMissing, $"{path} cannot be opened: {e.Message}", "Leave out -AsObject, and look at the file.", e), path));
        }
    }

    // What the file itself calls RunId or TaskId stays as it is.
    private static PSObject Labelled(PSObject item, string runId, long taskId, string path)
    {
        if (item.BaseObject is not PSCustomObject) return Labelled(Wrapped(item), runId, taskId, path);
        PSObject row = new();
        foreach ((string name, object value) in new (string, object)[] { ("RunId", runId), ("TaskId", taskId), ("File", path) })
            if (item.Properties[name] is null) row.Properties.Add(new PSNoteProperty(name, value));
        foreach (PSPropertyInfo property in item.Properties) row.Properties.Add(new PSNoteProperty(property.Name, property.Value));
        return row;
    }

    private static PSObject Wrapped(PSObject item)
    {
        PSObject row = new();
        row.Properties.Add(new PSNoteProperty("Value", item.BaseObject));
        return row;
    }
}
