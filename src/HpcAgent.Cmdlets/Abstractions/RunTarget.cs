namespace HpcAgent.Cmdlets;

/// <summary>One run that a cmdlet was asked for.</summary>
/// <param name="RunId">Its name.</param>
/// <param name="ExperimentPath">The absolute folder of its experiment.</param>
internal sealed record RunTarget(string RunId, string ExperimentPath);
