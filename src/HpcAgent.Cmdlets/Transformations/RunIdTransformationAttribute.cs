using System.Collections;
using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>Lets a run, or anything else with a RunId, stand where the name of a run is wanted.</summary>
public sealed class RunIdTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        null or string => inputData!,
        IDictionary or PSObject { BaseObject: IDictionary } => throw new ArgumentTransformationMetadataException("a hashtable names no run; a policy for failed tasks is given by -RetryPolicy"),
        PSObject { BaseObject: IEnumerable list and not string } => list.Cast<object?>().Select(Name).ToArray(),
        IEnumerable list => list.Cast<object?>().Select(Name).ToArray(),
        _ => Name(inputData)!,
    };

    private static object? Name(object? item) => item is null or string ? item : PSObject.AsPSObject(item).Properties["RunId"]?.Value ?? item;
}
