namespace HpcAgent.Engine.Tests.Hosts;

/// <summary>Does something when the first bytes are written to it.</summary>
internal sealed class Trigger(Action action) : MemoryStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => action();
}
