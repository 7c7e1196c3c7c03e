namespace HpcAgent.Engine.Tasks;

/// <summary>What stands between braces in a command: the variable that it refers to.</summary>
/// <param name="Variable">The environment variable.</param>
/// <param name="Length">The length of the braces and what is between them.</param>
internal readonly record struct Placeholder(string Variable, int Length);
