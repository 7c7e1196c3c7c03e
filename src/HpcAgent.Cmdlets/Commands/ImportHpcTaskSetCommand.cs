using System.Management.Automation;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsData.Import, "HpcTaskSet")]
[OutputType(typeof(PSObject))]
public sealed class ImportHpcTaskSetCommand : EngineCmdlet
{
    private const int Batch = 500;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string Path { get; set; } = "";

    /// <summary>Keeps the values of a CSV file as text.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>The Python for a tasks.py.</summary>
    [Parameter]
    public string? Python { get; set; }

    protected override void ProcessRecord()
    {
        string path = ResolvePath(Path);
        if (System.IO.Path.GetExtension(path).Equals(".ps1", StringComparison.OrdinalIgnoreCase)) RunScript(path);
        else RunEngine(token => ReadAsync(path, token), Path);
    }

    private void RunScript(string path)
    {
        try
        {
            if (!File.Exists(path)) throw new HpcException(ErrorCode.SpecInvalid, $"There is no file {path}.", "Correct the path.");
            TaskScript.Run(this, path, WriteObject);
        }
        catch (Exception e) when (IsOurs(e))
        {
            Terminate(ErrorRecords.From(e, Path));
        }
    }

    private async Task ReadAsync(string path, CancellationToken token)
    {
        TaskSet tasks = await TaskFile.OpenAsync(path, new TaskFileOptions { AsText = AsText, Python = Python }, token);
        foreach (RunTask[] some in tasks.Read().Chunk(Batch))
        {
            PSObject[] objects = [.. some.Select(t => TaskObject.Of(t.Parameters))];
            await OnPipelineAsync(() => WriteObject(objects, enumerateCollection: true));
        }
    }
}
