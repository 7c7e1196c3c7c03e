using System.Management.Automation;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Cmdlets;

/// <summary>Reads an amount of memory in bytes: <c>8G</c>, <c>8GB</c>, <c>512M</c>, or a number of bytes.</summary>
public sealed class MemoryTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return MemorySize.Parse(TypedText.Of(inputData));
        }
        catch (HpcException e)
        {
            throw new ArgumentTransformationMetadataException($"{e.Message}. {e.Remediation}", e);
        }
    }
}
