namespace HpcAgent.Engine.Snapshots;

/// <summary>A path that may be part of the code.</summary>
/// <param name="Path">Relative to the folder, with slashes.</param>
/// <param name="IsTracked">True if it is under version control.</param>
internal readonly record struct CodeCandidate(string Path, bool IsTracked);
