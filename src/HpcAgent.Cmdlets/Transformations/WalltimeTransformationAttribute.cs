using System.Management.Automation;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Cmdlets;

/// <summary>Reads a duration: a <see cref="TimeSpan"/>, or a text such as <c>30m</c>, <c>48:00:00</c> or <c>1-00:00:00</c>.</summary>
public sealed class WalltimeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapper ? wrapper.BaseObject : inputData;
        if (value is TimeSpan span) return span;
        try
        {
            return Walltime.Parse(TypedText.Of(inputData));
        }
        catch (HpcException e)
        {
            throw new ArgumentTransformationMetadataException($"{e.Message}. {e.Remediation}", e);
        }
    }
}
