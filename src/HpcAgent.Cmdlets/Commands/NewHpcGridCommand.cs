using System.Collections;
using System.Management.Automation;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.New, "HpcGrid")]
[OutputType(typeof(PSObject))]
public sealed class NewHpcGridCommand : EngineCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public IDictionary Axes { get; set; } = null!;

    /// <summary>Task i takes the i-th value of every axis, in place of all combinations.</summary>
    [Parameter]
    public SwitchParameter Zip { get; set; }

    protected override void EndProcessing()
    {
        try
        {
            List<KeyValuePair<string, object?>> axes = [];
            foreach (DictionaryEntry axis in Axes)
                axes.Add(new(axis.Key.ToString() ?? "", PlainValue.Of(axis.Value)));
            // The order of a plain hashtable is another one in every process.
            if (Axes is Hashtable) axes.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
            TaskSet tasks = Zip ? TaskSet.Zip(axes) : TaskSet.Grid(axes);
            foreach (RunTask task in tasks.Read())
            {
                StopToken.ThrowIfCancellationRequested();
                WriteObject(TaskObject.Of(task.Parameters));
            }
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
        catch (HpcException e)
        {
            Terminate(ErrorRecords.From(e, Axes));
        }
    }
}
