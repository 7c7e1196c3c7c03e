namespace HpcAgent.Engine.Tasks;

/// <summary>x</summary>
public sealed class CommandTemplate
{
    /// <summary>x</summary>
    public const int LargeValueBytes = 65536;
}
