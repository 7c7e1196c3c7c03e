namespace HpcAgent.Engine.Tests.Schedulers;

/// <summary>One real output of a scheduler.</summary>
/// <param name="Kind">The scheduler.</param>
/// <param name="Name">Its file name without the end.</param>
/// <param name="Status">The exit status.</param>
/// <param name="Command">What was run.</param>
/// <param name="Out">Standard output.</param>
/// <param name="All">Both outputs.</param>
internal sealed record RealOutput(string Kind, string Name, int Status, string Command, string Out, string All)
{
    /// <summary>True if no column tells the state.</summary>
    public bool IsWithoutState => Command.Contains(" -o ", StringComparison.Ordinal)
        && !Command.Contains("State", StringComparison.Ordinal) && !Command.Contains("%T", StringComparison.Ordinal);
}
